"""Reads a target as JSON, and writes one line of JSON for each check as soon as it is known."""

from __future__ import annotations

import json
import resource
import signal
import sys
from typing import Final

from backend.database_configs.probe.look import look_at
from backend.database_configs.probe.target import Target

# Whoever started this gives it less time, unless they have died.
LONGEST_LIFE: Final = 40
BOUNDS: Final = {
    resource.RLIMIT_AS: 1 << 30,
    resource.RLIMIT_CPU: 20,
    resource.RLIMIT_FSIZE: 1 << 20,
    # A dump of the memory would hold the secret.
    resource.RLIMIT_CORE: 0,
}


def main() -> None:
    signal.alarm(LONGEST_LIFE)
    for what, most in BOUNDS.items():
        resource.setrlimit(what, (most, most))
    given = json.load(sys.stdin)
    networks = tuple(given.pop("allowed_networks"))
    for check in look_at(Target(**given, allowed_networks=networks)):
        sys.stdout.write(json.dumps(check.as_dict()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
