"""Settings of the White Cross that is measured: its own; its static files lie with the benchmark's state."""

from loadtest.baselines.places import STATIC_FOLDER
from whitecross.settings import *  # noqa: F403

STATIC_ROOT = STATIC_FOLDER
