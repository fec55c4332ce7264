"""Names of files as strangers give them, made into names that do no harm to whoever saves one."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from backend.tickets.kinds import Kind
from backend.tickets.models.attachment import LONGEST_NAME

# More than any file system allows: nobody's file is called so.
LONGEST_GIVEN: Final = 1000
# What file systems allow, less what a browser adds to a name that is taken.
_MOST_BYTES: Final = 240
# Windows opens a device in place of such a file, whatever its extension.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_UNFIT = re.compile(r'[<>:"|?*]')


class NameUnfit(ValueError):
    """The name says that the file is of another kind."""


def harmless(given: str, kind: Kind) -> str:
    """A name in the folder where it is saved, without anything invisible, of the kind's extension.

    A name without extension gets the kind's. Raises NameUnfit where it has another kind's.
    """
    name = _visible(unicodedata.normalize("NFC", given[:LONGEST_GIVEN]))
    name = re.split(r"[/\\]", name)[-1].strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, kind.extensions[0]
    elif extension.lower() not in kind.extensions:
        raise NameUnfit
    stem = _UNFIT.sub("_", stem).strip(" .") or "file"
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{_cut(stem, len(extension) + 1)}.{extension}"


def _visible(text: str) -> str:
    """Without characters that can't be seen or turn others round; each space a plain one."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    shown = (each for each in spaced if unicodedata.category(each)[0] != "C")
    return " ".join("".join(shown).split())


def _cut(stem: str, used: int) -> str:
    stem = stem[: LONGEST_NAME - used]
    return stem.encode()[: _MOST_BYTES - used].decode(errors="ignore").rstrip(" .")
