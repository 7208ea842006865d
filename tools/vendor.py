#!/usr/bin/env python3
"""Verify, or re-create, the third-party files under static/vendor/.

    tools/vendor.py                 compare the files with static/vendor/SHA256SUMS (no network; CI runs this)
    tools/vendor.py --write         fetch each package of vendor.toml again and write files and SHA256SUMS
    tools/vendor.py --unpack FOLDER  fetch, verify and unpack the packages there (tools/build_css.sh)

Needs Python alone to verify, and npm to fetch. Exit status 0 when all is as it should be, 1 otherwise.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import NotRequired, TypedDict

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
MANIFEST = VENDOR / "vendor.toml"
SUMS = VENDOR / "SHA256SUMS"


class Sprite(TypedDict):
    """Icons of one folder of a package, joined into one file."""

    file: str
    folder: str
    icons: list[str]


class Package(TypedDict):
    """One [[package]] of vendor.toml, which says what each field means."""

    npm: str
    version: str
    integrity: str
    directory: str
    files: dict[str, str]
    sprite: NotRequired[Sprite]


class VendorError(Exception):
    """A file or package is not what vendor.toml or SHA256SUMS says; the message tells what to do."""


def packages() -> list[Package]:
    """The packages of vendor.toml, in its order."""
    found: list[Package] = tomllib.loads(MANIFEST.read_text())["package"]
    return found


def fetch(package: Package, folder: Path) -> Path:
    """Fetch one package with npm into `folder`, check it against its integrity, and return the unpacked path."""
    wanted = f"{package['npm']}@{package['version']}"
    done = subprocess.run(["npm", "pack", "--silent", wanted], cwd=folder, check=True, capture_output=True, text=True)
    tarball = folder / done.stdout.split()[-1]
    algorithm, _, expected = package["integrity"].partition("-")
    actual = base64.b64encode(hashlib.new(algorithm, tarball.read_bytes()).digest()).decode()
    if actual != expected:
        raise VendorError(
            f"{wanted}: the tarball's {algorithm} is {actual}, vendor.toml says {expected}. Nothing written."
        )
    unpacked: Path = folder / package["npm"].replace("/", "-").lstrip("@")
    with tarfile.open(tarball) as archive:
        archive.extractall(unpacked, filter="data")
    return unpacked / "package"


def sprite(folder: Path, icons: list[str]) -> str:
    """One SVG with a <symbol> for each named icon, so that a page loads all its icons in one request."""
    symbols = []
    for icon in icons:
        text = (folder / f"{icon}.svg").read_text()
        drawing = re.fullmatch(r'<svg [^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>\s*', text, re.DOTALL)
        if drawing is None:
            raise VendorError(f"{icon}.svg is not one plain <svg viewBox>; it cannot become a symbol.")
        symbols.append(f'<symbol id="{icon}" viewBox="{drawing[1]}">{drawing[2].strip()}</symbol>\n')
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'


def write() -> None:
    """Fetch every package again and write what vendor.toml names, and the sums of it."""
    written: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in packages():
            source = fetch(package, Path(folder))
            for inside, here in package["files"].items():
                written[f"{package['directory']}/{here}"] = (source / inside).read_bytes()
            if joined := package.get("sprite"):
                drawn = sprite(source / joined["folder"], joined["icons"])
                written[f"{package['directory']}/{joined['file']}"] = drawn.encode()
    for name, content in written.items():
        path = VENDOR / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    sums = [f"{hashlib.sha256(written[name]).hexdigest()}  {name}\n" for name in sorted(written)]
    SUMS.write_text("".join(sums))


def named_files() -> set[str]:
    """Every file that vendor.toml says is here."""
    names = set()
    for package in packages():
        names |= {f"{package['directory']}/{here}" for here in package["files"].values()}
        if "sprite" in package:
            names.add(f"{package['directory']}/{package['sprite']['file']}")
    return names


def problems() -> list[str]:
    """What differs between vendor.toml, SHA256SUMS and the files, one sentence each; empty when nothing does."""
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in SUMS.read_text().splitlines())}
    here = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    here -= {MANIFEST.name, SUMS.name}
    named = named_files()
    found = [f"{name}: in vendor.toml, not in SHA256SUMS" for name in sorted(named - sums.keys())]
    found += [f"{name}: in SHA256SUMS, not in vendor.toml" for name in sorted(sums.keys() - named)]
    found += [f"{name}: missing" for name in sorted(named - here)]
    found += [f"{name}: not in vendor.toml" for name in sorted(here - named)]
    for name in sorted(here & sums.keys()):
        if hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() != sums[name]:
            found.append(f"{name}: changed since it was fetched")
    return found


def main(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Verify or re-create static/vendor/.")
    parser.add_argument("--write", action="store_true", help="fetch the packages again and write the files")
    parser.add_argument("--unpack", type=Path, metavar="FOLDER", help="fetch and unpack the packages into FOLDER")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.unpack:
            chosen.unpack.mkdir(parents=True, exist_ok=True)
            for package in packages():
                print(fetch(package, chosen.unpack))
            return 0
        if chosen.write:
            write()
        found = problems()
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        print("Repair with: tools/vendor.py --write", file=sys.stderr)
        return 1
    print(f"{len(named_files())} vendored files are as fetched.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
