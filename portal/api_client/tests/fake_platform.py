"""Stands in for the wire: answers from the contract's examples, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from urllib3 import HTTPHeaderDict

from portal.api_client.transport import Call, Download, Reply

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "api" / "examples"

TENANTS = {
    "aurora": {
        "slug": "aurora",
        "name": "Trattoria Aurora",
        "country": "IT",
        "currency": "EUR",
        "time_zone": "Europe/Rome",
        "language": "it",
        "state": "active",
    },
    "bluefin": {
        "slug": "bluefin",
        "name": "Blue Fin Sushi",
        "country": "GB",
        "currency": "GBP",
        "time_zone": "Europe/London",
        "language": "en",
        "state": "active",
    },
}
ALL_ABILITIES = [
    "client-apps.read",
    "client-apps.manage",
    "customers.read",
    "customers.create",
    "customers.update",
    "customers.delete",
    "customers.import",
    "customers.export",
    "customers.merge",
    "customers.erase",
    "database-configs.read",
    "database-configs.manage",
    "audit.read",
    "services.read",
    "services.manage",
    "billing.read",
    "billing.pay",
    "tickets.read",
    "tickets.read-all",
    "tickets.write",
    "tenant.read",
    "tenant.history",
    "tenant.update",
    "tenant.export",
    "members.read",
    "members.invite",
    "members.update",
    "members.revoke",
]
ABILITIES = {
    "owner": ALL_ABILITIES,
    "waiter": [
        "customers.read",
        "customers.create",
        "customers.update",
        "tenant.read",
        "tickets.read",
        "tickets.write",
    ],
}


@dataclass(frozen=True)
class Person:
    """Somebody of the cast, known to the platform by a session token."""

    token: str
    name: str
    email: str
    roles: dict[str, str]
    language: str = "en"


GIULIA = Person(
    token="session-of-giulia",
    name="Giulia Conti",
    email="owner@aurora.test",
    roles={"aurora": "owner", "bluefin": "owner"},
)
NOAH = Person(
    token="session-of-noah",
    name="Noah Baker",
    email="waiter@bluefin.test",
    roles={"bluefin": "waiter"},
    language="de",
)
NINA = Person(
    token="session-of-nina",
    name="Nina Keller",
    email="nina.keller@example.com",
    roles={},
)
CAST = {person.token: person for person in (GIULIA, NOAH, NINA)}
# What is answered to somebody who isn't signed in.
FOR_ANYBODY = ("auth/", "invitations/preview/")


@dataclass(frozen=True)
class Example:
    operation: str
    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def read(cls, path: Path) -> Example:
        members = json.loads(path.read_text(encoding="utf-8"))
        return cls.make(**{**members, "request": None})

    @classmethod
    def make(
        cls,
        *,
        operation: str,
        status: int = 200,
        headers: dict[str, str] | None = None,
        request: Any = None,
        response: Any = None,
    ) -> Example:
        if response is None:
            body = b""
        else:
            body = (response if isinstance(response, str) else json.dumps(response)).encode()
        # What an example asks with its address, any request may ask otherwise.
        named = operation.partition("?")[0]
        return cls(operation=named, status=status, headers=headers or {}, body=body)


def response_of(name: str) -> Any:
    """What the platform answers in an example, as it stands in the file."""
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))["response"]


def token_of(name: str) -> str:
    """The session token that the platform hands out in an example."""
    response = response_of(name)
    token: str = response.get("session_token") or response["meta"]["session_token"]
    return token


@dataclass
class FakePlatform:
    calls: list[Call] = field(default_factory=list)
    _chosen: dict[str, list[Example | Exception]] = field(default_factory=dict)

    def answers(self, *names: str) -> None:
        """Answers with these example files from now on: one after the other, the last for good."""
        for name in names:
            example = Example.read(EXAMPLES / f"{name}.json")
            self._chosen.setdefault(example.operation, []).append(example)

    def answer(self, operation: str, *, url: str = "", **parts: Any) -> None:
        """Answers `operation` with this, or only where the address ends with `url`."""
        self._chosen[operation + url] = [Example.make(operation=operation, **parts)]

    def fails(self, operation: str, error: Exception) -> None:
        self._chosen[operation] = [error]

    def asked(self, operation: str) -> list[Call]:
        return [call for call in self.calls if str(call.operation) == operation]

    @property
    def operations(self) -> list[str]:
        return [str(call.operation) for call in self.calls]

    def send(self, call: Call) -> Reply:
        self.calls.append(call)
        answer = self._stranger(call) or self._next(call)
        if isinstance(answer, Exception):
            raise answer
        headers = HTTPHeaderDict(answer.headers)
        if viewer := self._viewer(call):
            headers["X-Viewer"] = viewer
        return Reply(status=answer.status, headers=headers, body=answer.body)

    def download(self, call: Call) -> Reply | Download:
        reply = self.send(call)
        if reply.status != 200:
            return reply
        return Download(status=reply.status, headers=reply.headers, chunks=_pieces(reply.body))

    def _next(self, call: Call) -> Example | Exception:
        operation = str(call.operation)
        fitting = [
            answers
            for chosen, answers in self._chosen.items()
            if chosen != operation
            and chosen.startswith(operation)
            and call.url.endswith(chosen.removeprefix(operation))
        ]
        answers = next(iter(fitting), None) or self._chosen.get(operation) or [_default(operation)]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _stranger(self, call: Call) -> Example | None:
        """Refuses who isn't of the cast, or isn't a member of the tenant that they name."""
        if call.operation.path.startswith(FOR_ANYBODY):
            return None
        person = CAST.get(call.headers.get("X-Session-Token", ""))
        if person is None:
            return _problem(call, 401, "session-expired")
        if call.headers.get("X-Tenant", "") not in ["", *person.roles]:
            return _problem(call, 404, "tenant-not-found")
        return None

    def _viewer(self, call: Call) -> str:
        person = CAST.get(call.headers.get("X-Session-Token", ""))
        if person is None:
            return ""
        slug = call.headers.get("X-Tenant", "")
        role = person.roles.get(slug)
        return json.dumps(
            {
                "person": {
                    "id": "01993c00-7e2a-7000-8000-00000000a001",
                    "name": person.name,
                    "email": person.email,
                    "language": person.language,
                    "verified": True,
                },
                "tenant": TENANTS[slug] if role else None,
                "role": role,
                "abilities": ABILITIES[role] if role else [],
                "tenants": [{"slug": mine, "name": TENANTS[mine]["name"]} for mine in person.roles],
            }
        )


def _default(operation: str) -> Example:
    """The example with the shortest name, a success if there is one."""
    candidates = [
        (path, Example.read(path))
        for path in sorted(EXAMPLES.glob("*.json"), key=lambda path: (len(path.stem), path.stem))
    ]
    fitting = [example for _, example in candidates if example.operation == operation]
    if not fitting:
        raise LookupError(f"No example answers {operation}.")
    return next((example for example in fitting if example.status < 300), fitting[0])


def _problem(call: Call, status: int, code: str) -> Example:
    return Example.make(
        operation=str(call.operation),
        status=status,
        headers={"Content-Type": "application/problem+json"},
        response={"type": "about:blank", "title": code, "status": status, "code": code},
    )


def _pieces(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    yield body[len(body) // 2 :]
