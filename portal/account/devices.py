"""A browser's own description of itself, in the words of its owner."""

from __future__ import annotations

# Each also claims to be those below it; the first that fits is the truth.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> str:
    """The browser's name, or nothing when it is none that people know."""
    return next((name for mark, name in BROWSERS if mark in user_agent), "")


def system_of(user_agent: str) -> str:
    return next((name for mark, name in SYSTEMS if mark in user_agent), "")
