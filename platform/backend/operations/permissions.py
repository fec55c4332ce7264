"""Every operation of the API with who may call it, and when: what docs/permissions.md shows.

It is read off the declarations that the requests themselves obey: `ApiView.abilities`, the table of
abilities, and for the steps of signing in allauth's own views.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from allauth.headless.base.views import AuthenticatedAPIView, AuthenticationStageAPIView
from django.urls import URLPattern, URLResolver, get_resolver

from backend.accounts.api.relay import AuthView
from backend.accounts.api.steps import SessionView
from backend.common.abilities import (
    ABILITIES,
    APP_SCOPES,
    ROLE_ABILITIES,
    STATE_ABILITIES,
)
from backend.common.api import ApiView

PREFIX: Final = "api/v1/"
METHODS: Final = ("get", "post", "put", "patch", "delete")
ROLES: Final = tuple(ROLE_ABILITIES)
STATES: Final = tuple(STATE_ABILITIES)
APP, OTHER_APP, STRANGER, NOBODY = "app", "other app", "not a member", "nobody"
CALLERS: Final = (*ROLES, APP, OTHER_APP, STRANGER, NOBODY)
EVERYBODY: Final = frozenset(CALLERS)
EVER: Final = frozenset(STATES)

ALLOWED, REFUSED = "✓", "–"


@dataclass(frozen=True)
class Operation:
    """One method on one path below /api/v1/. `ability` is empty where none is asked for."""

    method: str
    path: str
    ability: str
    callers: frozenset[str]
    states: frozenset[str]

    @property
    def area(self) -> str:
        return self.path.partition("/")[0]

    def row(self) -> list[str]:
        marks = [_mark(each in self.callers) for each in CALLERS]
        marks += [_mark(each in self.states) for each in STATES]
        ability = f"`{self.ability}`" if self.ability else ""
        return [self.method, f"`{self.path}`", ability, *marks]


def operations() -> list[Operation]:
    """All of them, in the order of the paths."""
    found = [
        _operation(view, method, path)
        for path, view in _views(get_resolver().url_patterns, "")
        for method in METHODS
        if hasattr(view, method) and method in view.http_method_names
    ]
    return sorted(found, key=lambda each: (each.path, METHODS.index(each.method.lower())))


def _operation(view: type[ApiView], method: str, path: str) -> Operation:
    ability = view.abilities.get(method.upper(), "") if view.tenant_required else ""
    return Operation(
        method=method.upper(),
        path=path,
        ability=ability,
        callers=_callers_with(ability) if view.tenant_required else _callers_of(view, method, path),
        states=frozenset(state for state in STATES if ability in STATE_ABILITIES[state])
        if view.tenant_required
        else EVER,
    )


def _callers_with(ability: str) -> frozenset[str]:
    roles = {role for role, abilities in ROLE_ABILITIES.items() if ability in abilities}
    return frozenset(roles | ({APP} if ability in APP_SCOPES else set()))


def _callers_of(view: type[ApiView], method: str, path: str) -> frozenset[str]:
    """Of an operation that no ability is asked for."""
    callers = set(EVERYBODY)
    if view.person_required or _is_for_the_signed_in(view, method):
        callers.discard(NOBODY)
    if view.person_required or view.portal_only:
        callers -= {APP, OTHER_APP}
    if "{slug}" in path:
        # The address itself names one of the person's businesses.
        callers.discard(STRANGER)
    return frozenset(callers)


def _is_for_the_signed_in(view: type[ApiView], method: str) -> bool:
    if not issubclass(view, AuthView):
        return False
    if issubclass(view.step, SessionView):
        # Signing out is no fault of who is out already.
        return method == "get"
    return issubclass(view.step, AuthenticatedAPIView | AuthenticationStageAPIView)


def _views(patterns: Sequence[Any], prefix: str) -> Iterator[tuple[str, type[ApiView]]]:
    for each in patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _views(each.url_patterns, path)
        elif isinstance(each, URLPattern) and path.startswith(PREFIX):
            callback: Any = each.callback
            yield _with_names(path.removeprefix(PREFIX)), callback.view_class


def _with_names(path: str) -> str:
    """As OpenAPI writes it: `tabs/{tab_id}/`."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)


def _mark(is_allowed: bool) -> str:
    return ALLOWED if is_allowed else REFUSED


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], centred_from: int) -> str:
    rule = ["---" if column < centred_from else ":-:" for column in range(len(header))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [header, rule, *rows])


def operations_in_words() -> str:
    """A table for each area, one row for each operation."""
    found = operations()
    header = ["method", "path", "ability", *CALLERS, *STATES]
    areas = sorted({each.area for each in found})
    return "\n\n".join(
        f"### {area}\n\n"
        + _table(header, [each.row() for each in found if each.area == area], centred_from=3)
        for area in areas
    )


def abilities_in_words() -> str:
    header = ["ability", "allows to", *ROLES, "can be a scope", *STATES]
    rows = [
        [
            f"`{ability}`",
            meaning[0].lower() + meaning[1:],
            *(_mark(ability in ROLE_ABILITIES[role]) for role in ROLES),
            _mark(ability in APP_SCOPES),
            *(_mark(ability in STATE_ABILITIES[state]) for state in STATES),
        ]
        for ability, meaning in ABILITIES.items()
    ]
    return _table(header, rows, centred_from=2)


def renewed(document: str) -> str:
    """The document with what lies between its marks written anew. Prose stays as it is."""
    for name, text in (("abilities", abilities_in_words()), ("operations", operations_in_words())):
        begin, end = f"<!-- {name}: written by", f"<!-- end of {name} -->"
        found = re.search(rf"{re.escape(begin)}[^\n]*\n(.*?){re.escape(end)}", document, re.DOTALL)
        if found is None:
            raise ValueError(f"The document lacks its part between {begin!r} and {end!r}.")
        document = f"{document[: found.start(1)]}\n{text}\n\n{document[found.end(1) :]}"
    return document
