#!/usr/bin/env python3
"""White Cross on the command line; `./dev manage` calls it with the services it needs."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whitecross.settings")
    execute_from_command_line(sys.argv)
