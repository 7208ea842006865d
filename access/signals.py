"""What the service tells about its own work to whoever counts: names and numbers, nothing about a child.

The senders know nobody who listens (metrics does), so imports go on running one way. Sending costs about a microsecond.
"""

from django.dispatch import Signal

# A cache was asked. `name` of the cache in a word, `result` hit, miss or bypass, `seconds` until that was known.
cache_asked = Signal()

# Rows entered the audit trail. `door` and `outcome` as in access.events, `rows` how many.
audited = Signal()
