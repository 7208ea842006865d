"""A save and what follows from it stand or fall together."""

from typing import Any

from django.db import models, router, transaction


class SavedWhole(models.Model):
    """A model whose save and its signals are one transaction, so that freshness is never committed after the data."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, in the transaction that is open or in one of its own."""
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            super().save(*args, **kwargs)
