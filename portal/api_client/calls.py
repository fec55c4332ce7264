"""How a call is made for one visitor: their headers out, a typed object or a named error back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar, Unpack

import msgspec
from django.conf import settings

from portal.api_client.errors import NotSignedIn
from portal.api_client.paths import Operation
from portal.api_client.replies import decode, error_from
from portal.api_client.transport import Call, Download, Reply, transport
from portal.api_client.viewer import Viewer

T = TypeVar("T", bound=msgspec.Struct)
File = tuple[str, bytes, str]
"""File name, content, media type."""


class Options(TypedDict, total=False):
    """What a call carries besides its operation."""

    parts: Mapping[str, object]
    """The values of the `{names}` in the path."""
    query: Mapping[str, str]
    json: Any
    files: Mapping[str, File]
    idempotency_key: str
    etag: str
    without_session: bool
    """Leaves the visitor's session out, for what begins a new one. All else needs one: without it
    nobody is asked."""


@dataclass(slots=True, kw_only=True)
class Visitor:
    """What is known of a visitor before the platform is asked."""

    session_token: str = ""
    """What the `sid` cookie holds; what it is when the page is done, the cookie will hold."""
    tenant: str = ""
    """The slug in the address."""
    address: str = ""
    user_agent: str = ""
    language: str = ""
    request_id: str = ""
    traceparent: str = ""


class Calls:
    """One visitor's line to the platform."""

    def __init__(self, visitor: Visitor, on_viewer: Callable[[Viewer], None]) -> None:
        self.visitor = visitor
        self._on_viewer = on_viewer

    def fetch(self, operation: Operation, shape: type[T], **options: Unpack[Options]) -> T:
        """The reply's body as `shape`; otherwise as `send`."""
        return decode(self.send(operation, **options).body, shape, operation)

    def send(self, operation: Operation, **options: Unpack[Options]) -> Reply:
        """The reply, if it is a success. Raises one of `portal.api_client.errors` otherwise."""
        return self._success(transport().send(self._call(operation, **options)), operation)

    def download(self, operation: Operation, **options: Unpack[Options]) -> Download:
        """The reply as it arrives, whatever its length."""
        reply = transport().download(self._call(operation, **options))
        if isinstance(reply, Reply):
            raise error_from(reply, operation)
        return reply

    def _call(self, operation: Operation, **options: Unpack[Options]) -> Call:
        visitor = self.visitor
        without_session = options.get("without_session", False)
        if not without_session and not visitor.session_token:
            raise NotSignedIn
        json = options.get("json")
        headers = {
            "Accept": "application/json, application/problem+json",
            # Within one network, compressing costs more than it saves.
            "Accept-Encoding": "identity",
            "Accept-Language": visitor.language,
            "Authorization": f"Bearer {settings.PLATFORM_APP_KEY}",
            "Idempotency-Key": options.get("idempotency_key", ""),
            "If-Match": options.get("etag", ""),
            "User-Agent": visitor.user_agent or "unknown",
            "X-App-ID": settings.PLATFORM_APP_ID,
            "X-Forwarded-For": visitor.address,
            "X-Request-ID": visitor.request_id,
            "X-Session-Token": "" if without_session else visitor.session_token,
            "X-Tenant": visitor.tenant,
            "X-Want-Viewer": "1",
            "traceparent": visitor.traceparent,
        }
        if json is not None:
            headers["Content-Type"] = "application/json"
        return Call(
            operation=operation,
            url=operation.url(**options.get("parts", {})),
            headers={name: value for name, text in headers.items() if (value := _fitting(text))},
            query={name: value for name, value in options.get("query", {}).items() if value},
            body=None if json is None else msgspec.json.encode(json),
            files=options.get("files"),
        )

    def _success(self, reply: Reply, operation: Operation) -> Reply:
        if viewer := reply.headers.get("X-Viewer"):
            self._on_viewer(decode(viewer, Viewer, operation))
        if not 200 <= reply.status < 300:
            raise error_from(reply, operation)
        return reply


def _fitting(text: str) -> str:
    """The text as it may stand in a header, whatever a visitor's browser or form said."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(letter for letter in text if " " <= letter <= "~").strip()
