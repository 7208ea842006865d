"""The one exception of these tools: something the person at the keyboard can put right."""


class Trouble(Exception):
    """What happened, what was kept and what to do about it, in words; shown without a traceback, exit status 1."""
