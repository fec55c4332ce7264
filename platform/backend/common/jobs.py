"""What several domains ask of the jobs that they have queued."""

from __future__ import annotations

from typing import Final

# procrastinate's words for jobs that wait or are worked on: whatever hangs on one isn't lost yet.
ALIVE: Final = ("todo", "doing")
