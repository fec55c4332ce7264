"""Closed choices: a component that is given a word it doesn't know fails where it is written."""

from typing import get_args


class UnknownVariant(ValueError):
    """A component was asked for a variant that isn't in the style guide."""


def choose(component: str, argument: str, value: str, choices: object) -> str:
    known = get_args(choices)
    if value not in known:
        listed = ", ".join(known)
        raise UnknownVariant(f"{component}: {argument}={value!r} isn't one of {listed}")
    return value
