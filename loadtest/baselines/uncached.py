"""White Cross with its cache switched off, as the flag `cache` at 0 % does: what granian serves as `uncached`."""

from math import inf

from whitecross.wsgi import application

# isort: split
# Only now are Django's apps ready for their models.
from records import rollout

__all__ = ["application"]

# In this process alone: the flag itself is one for all that share the database.
rollout.remember(rollout.Rollout(percent=0), inf)
