"""`verify_audit`: has anyone changed, removed or moved a row of the audit trail?"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.keys import key_ring
from access.models import AuditSeal
from access.seals import RestoredElsewhere, seal_pending, verify


class Command(BaseCommand):
    """Seal what is pending, then compare every seal with its rows. Exit status 1 if anything disagrees."""

    help = "Compare the audit trail with its seals; exit status 1 names each change, removal or swap."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --expect."""
        parser.add_argument(
            "--expect",
            default="",
            metavar="DIGEST",
            help="digest of a seal from the service's log: it must still be in the chain",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify."""
        ring = key_ring()
        # What is sealed already is checked first: a new seal over altered rows must not come before the finding.
        findings = list(verify(ring.secrets, options["expect"]))
        for finding in findings:
            self.stdout.write(f"seal {finding.seal}: {finding.what}")
        if findings:
            self.stdout.write(f"{len(findings)} findings. Keep the database as it is and compare with a backup.")
            sys.exit(1)
        try:
            while seal_pending(ring.secrets, ring.newest):
                pass
        except RestoredElsewhere as error:
            raise CommandError(str(error)) from error
        last = AuditSeal.objects.order_by("number").last()
        rows = sum(AuditSeal.objects.values_list("rows", flat=True))
        digest = bytes(last.digest).hex() if last else "none yet"
        self.stdout.write(f"The audit trail is whole: {rows} rows under {last.number if last else 0} seals. {digest}")
