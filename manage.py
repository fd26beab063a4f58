#!/usr/bin/env python
"""Entry point of the management commands; development settings unless told otherwise."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stars.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
