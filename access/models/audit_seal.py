"""Seals over the audit trail: a keyed hash chain that makes a later change visible."""

from django.db import models


class AuditSeal(models.Model):
    """A seal over all audit rows whose transaction lies in [first_transaction, end_transaction).

    `digest` is HMAC-SHA256 over the previous digest and the rows' own digests, under a key derived from PHI_KEYS
    that the database never sees; `row_digests` keeps 16 bytes a row, so that a changed row can be named.
    """

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    key_id = models.CharField(max_length=40)
    first_transaction = models.BigIntegerField()
    end_transaction = models.BigIntegerField()
    rows = models.IntegerField()
    row_digests = models.BinaryField()
    digest = models.BinaryField()

    class Meta:
        managed = False
        db_table = "access_auditseal"

    def __str__(self) -> str:
        """Return 'seal 12: 340 rows'."""
        return f"seal {self.number}: {self.rows} rows"
