"""Cookies open the staff admin and nothing else."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from backend.accounts.sessions import SessionStore, StaffSessionStore
from backend.common.addresses import address_of


class StaffSessionMiddleware(SessionMiddleware):
    """Django's session cookie under `SESSION_COOKIE_PATH`; elsewhere it isn't even read.

    The API's session arrives in a header and is the business of the API: there the request gets an
    empty session that is never stored and costs no query.
    """

    def process_request(self, request: HttpRequest) -> None:
        if not self._is_staff_area(request):
            request.session = SessionStore()
            return
        store = StaffSessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
        address = address_of(request, is_portal=False)
        store.seen_from(address, request.META.get("HTTP_USER_AGENT", ""))
        request.session = store

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not self._is_staff_area(request):
            return response
        response = super().process_response(request, response)
        if isinstance(request.session, StaffSessionStore) and not request.session.modified:
            request.session.touch()
        return response

    @staticmethod
    def _is_staff_area(request: HttpRequest) -> bool:
        path = settings.SESSION_COOKIE_PATH.rstrip("/")
        return request.path == path or request.path.startswith(f"{path}/")
