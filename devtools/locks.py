"""Locks between processes that work on the same state."""

import errno
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class Lock:
    """An advisory lock on a file, given up when its process ends, however it ends.

    `fcntl.lockf`, not `flock`: a flock lives on in forked children after their parent was killed. The file stays;
    only the lock on it means something, so a stale file locks nobody out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> None:
        """Hold it together with others; wait while one holds it alone."""
        fcntl.lockf(self._file, fcntl.LOCK_SH)

    def take(self) -> None:
        """Hold it alone; wait for the others."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def try_to_take(self) -> bool:
        """Hold it alone if nobody else holds it; say whether that worked (what was held before is kept)."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return False
            raise
        return True

    def release(self) -> None:
        """Let it go."""
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def write(self, text: str) -> None:
        """Leave a word in the file for those who find it locked."""
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text.encode(), 0)

    def read(self) -> str:
        """Return the word that the holder left."""
        return os.pread(self._file, 4096, 0).decode()

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
