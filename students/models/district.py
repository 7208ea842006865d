"""A school district: the organization that answers for the records."""

from django.db import models
from uuid_utils.compat import uuid7


class District(models.Model):
    """A district and the law it works under (FERPA unless its schools are covered by HIPAA)."""

    class Regime(models.TextChoices):
        """The law that governs the records (a setting of each organization, docs/privacy.md)."""

        FERPA = "ferpa", "FERPA"
        HIPAA = "hipaa", "HIPAA"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    regime = models.CharField(max_length=10, choices=Regime.choices, default=Regime.FERPA)
    intake_school = models.ForeignKey(
        "students.School",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where imported students go when the import names no school.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        """Return the district's name."""
        return self.name
