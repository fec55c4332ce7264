"""Closed choices: a component that is given a word it doesn't know fails where it is written."""

from collections.abc import Hashable
from functools import cache
from typing import get_args


class UnknownVariant(ValueError):
    """A component was asked for a variant that isn't in the style guide."""


@cache
def _known(choices: Hashable) -> tuple[str, ...]:
    return get_args(choices)


def choose(component: str, argument: str, value: str, choices: Hashable) -> str:
    """`value`, if `choices` (a `Literal`) lists it."""
    if value not in _known(choices):
        listed = ", ".join(_known(choices))
        raise UnknownVariant(f"{component}: {argument}={value!r} isn't one of {listed}")
    return value
