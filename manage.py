#!/usr/bin/env python
"""Django's command line for MV Studio."""

import os
import sys

from mvsite import env


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mvsite.settings")
    # Settings read the data folder when they are loaded, which is before any command looks at its words.
    env.use_data_dir(sys.argv[1:])
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
