"""Settings of the empty view behind every middleware of White Cross: what they cost together."""

from whitecross.settings import *  # noqa: F403

ROOT_URLCONF = "loadtest.baselines.urls"
