# ruff: noqa: RUF001 - letters of other alphabets are what this is about
"""The short name in a tenant's addresses, made of what the business is called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import count
from typing import Final

LONGEST: Final = 50
# For a name without any letter that we can spell.
NAMELESS: Final = "business"
# As passports spell them; what has an accent only is found by taking the accent away.
_SPELLINGS: Final = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
        "ı": "i",
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
        "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
        "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
        "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
        "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht",
        "ъ": "a", "ы": "y", "ь": "y", "э": "e", "ю": "yu", "я": "ya",
    }
)  # fmt: skip
_APOSTROPHES: Final = re.compile(r"['’`´]")
_NEITHER: Final = re.compile(r"[^a-z0-9]+")


def slug_of(name: str) -> str:
    """`name` in small letters, digits and single hyphens: "Caffè dell’Orso" is caffe-dellorso."""
    spelled = _APOSTROPHES.sub("", name).lower().translate(_SPELLINGS)
    letters = unicodedata.normalize("NFKD", spelled).lower()
    # Accents go first, so that they divide no word; then again what was hidden beneath one.
    plain = "".join(each for each in letters if not unicodedata.combining(each))
    slug = _NEITHER.sub("-", plain.translate(_SPELLINGS)).strip("-")
    return slug[:LONGEST].rstrip("-") or NAMELESS


def next_free(base: str, taken: Collection[str]) -> str:
    """`base`, or the first of base-2, base-3 … that nobody has."""
    if base not in taken:
        return base
    for number in count(2):
        ending = f"-{number}"
        slug = base[: LONGEST - len(ending)].rstrip("-") + ending
        if slug not in taken:
            return slug
    raise AssertionError("numbers don't end")
