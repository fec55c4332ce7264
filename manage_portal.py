#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys
from pathlib import Path


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.DEBUG  # noqa: B018 -- reading one setting loads them all
    except ImproperlyConfigured as error:
        sys.exit(f"manage_portal.py: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
