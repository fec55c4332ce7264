"""Pages for staff after the database was restarted: on a connection that lives."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse


class LiveConnectionMiddleware:
    """Asks a kept connection whether it is still one, before staff's request relies on it.

    A visitor's and a program's request is made again by who sent it, where its connection turns out
    to be dead; a person's form in the admin isn't. One round trip, which the API doesn't pay.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.path.startswith(settings.SESSION_COOKIE_PATH)
            and connection.connection is not None
            and not connection.in_atomic_block
            and not connection.is_usable()
        ):
            connection.close()
        return self.get_response(request)
