"""Prints every operation that the portal calls, as JSON."""

import json
import sys

from portal.api_client.paths import all_paths

json.dump(all_paths(), sys.stdout, indent=2)
