"""Where things are. All that development writes lies under `STATE`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".dev"
CACHE = STATE / "cache"
