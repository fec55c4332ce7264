"""Files on this machine's disk, behind signed addresses: what an S3 store does by itself."""

from __future__ import annotations

import os
import secrets
import time
from datetime import datetime
from http import HTTPStatus
from typing import IO, Any, Final, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

SALT: Final = "backend.common.local_files"
UPLOAD_SALT: Final = "backend.common.local_files.upload"


def address(name: str, *, filename: str, content_type: str, expires_at: datetime) -> str:
    """Opens the file for whoever has the address, on any process that sees this disk.

    What is signed stands in the query: the log has the paths of all requests.
    """
    claims = [name, filename, content_type, expires_at.timestamp()]
    return _address("local-file", claims, SALT)


def upload_address(name: str, *, content_type: str, size: int, expires_at: datetime) -> str:
    """Takes one file of this type and size under the name."""
    claims = [name, content_type, size, expires_at.timestamp()]
    return _address("local-upload", claims, UPLOAD_SALT)


@require_safe
def serve(request: HttpRequest) -> HttpResponseBase:
    """The file as a download. 403 for an address that isn't ours, 410 once it is over."""
    _require_disk()
    try:
        name, filename, content_type, expires = _claims(request, SALT)
    except signing.BadSignature:
        return _refusal(request, 403)
    if expires <= time.time():
        return _refusal(request, 410)
    try:
        file = default_storage.open(name, "rb")
    except SuspiciousFileOperation:
        return _refusal(request, 403)
    except FileNotFoundError:
        return _refusal(request, 410)
    return FileResponse(
        file,
        as_attachment=True,
        filename=filename,
        content_type=content_type,
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )


# The address is what entitles, not a cookie.
@csrf_exempt
@require_http_methods(["OPTIONS", "PUT"])
def receive(request: HttpRequest) -> HttpResponse:
    """Takes the file that the address is for, once, and all of it or nothing.

    403 for an address that isn't ours and for another type or length than it is for, 410 once it is
    over, 409 where the file is there, 400 where it ends too early. Only the portal's pages may
    send it from a browser.
    """
    _require_disk()
    status = HTTPStatus.NO_CONTENT if request.method == "OPTIONS" else _receive(request)
    response = HttpResponse(status=status, headers={"Vary": "Origin", "Cache-Control": "no-store"})
    if request.headers.get("Origin") == settings.PORTAL_ORIGIN:
        response.headers["Access-Control-Allow-Origin"] = settings.PORTAL_ORIGIN
        response.headers["Access-Control-Allow-Methods"] = "PUT"
        response.headers["Access-Control-Allow-Headers"] = "content-type"
    return response


def _receive(request: HttpRequest) -> HTTPStatus:
    try:
        name, content_type, size, expires = _claims(request, UPLOAD_SALT)
    except signing.BadSignature:
        return HTTPStatus.FORBIDDEN
    if expires <= time.time():
        return HTTPStatus.GONE
    sent = (request.META.get("CONTENT_TYPE"), request.META.get("CONTENT_LENGTH"))
    if sent != (content_type, str(size)):
        return HTTPStatus.FORBIDDEN
    try:
        path = default_storage.path(name)
    except SuspiciousFileOperation:
        return HTTPStatus.FORBIDDEN
    return _take(request, name, path, size)


def _take(request: HttpRequest, name: str, path: str, size: int) -> HTTPStatus:
    """Piece by piece, and under another name until all of it is there."""
    part = f"{name}.{secrets.token_hex(8)}.part"
    try:
        default_storage.save(part, File(cast("IO[bytes]", request), part))
        if default_storage.size(part) != size:
            return HTTPStatus.BAD_REQUEST
        # Unlike a renaming it fails where there is something of that name.
        os.link(default_storage.path(part), path)
    except FileExistsError:
        return HTTPStatus.CONFLICT
    except UnreadablePostError:
        return HTTPStatus.BAD_REQUEST
    else:
        return HTTPStatus.OK
    finally:
        default_storage.delete(part)


def _require_disk() -> None:
    if settings.S3_BUCKET or not settings.LOCAL_FILES:
        raise Http404


def _address(view: str, claims: list[Any], salt: str) -> str:
    token = signing.dumps(claims, salt=salt, compress=True)
    return f"{settings.PLATFORM_ORIGIN}{reverse(view)}?{urlencode({'link': token})}"


def _claims(request: HttpRequest, salt: str) -> Any:
    """Raises BadSignature."""
    return signing.loads(request.GET.get("link", ""), salt=salt)


def _refusal(request: HttpRequest, status: int) -> HttpResponse:
    response = render(request, "files/refused.html", {"is_over": status == 410}, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
