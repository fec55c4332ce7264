#!/usr/bin/env python
"""Django's command line for the platform.

`platform/` is a source root, not a package: it goes to the front of `sys.path`, and the
repository's root leaves it, so that the platform can never import the portal by accident.
"""

import os
import sys
from pathlib import Path


def main() -> None:
    root = Path(__file__).resolve().parent
    sys.path[:] = [
        str(root / "platform"),
        *(entry for entry in sys.path if entry and Path(entry).resolve() != root),
    ]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
