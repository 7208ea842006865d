"""Where the files lie that servers under measurement read: with the benchmark's state."""

from devtools.places import state_folder

STATIC_FOLDER = state_folder("bench") / "static"
TEMPLATES_FOLDER = state_folder("bench") / "templates"
