"""Files on this machine's disk, behind signed addresses: what an S3 store does by itself."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

SALT: Final = "backend.common.local_files"


def address(name: str, *, filename: str, content_type: str, expires_at: datetime) -> str:
    """Opens the file for whoever has the address, on any process that sees this disk.

    What is signed stands in the query: the log has the paths of all requests.
    """
    claims = [name, filename, content_type, expires_at.timestamp()]
    token = signing.dumps(claims, salt=SALT, compress=True)
    return f"{settings.PLATFORM_ORIGIN}{reverse('local-file')}?{urlencode({'link': token})}"


@require_safe
def serve(request: HttpRequest) -> HttpResponseBase:
    """The file as a download. 403 for an address that isn't ours, 410 once it is over."""
    if settings.S3_BUCKET or not settings.LOCAL_FILES:
        raise Http404
    try:
        name, filename, content_type, expires = signing.loads(
            request.GET.get("link", ""), salt=SALT
        )
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


def _refusal(request: HttpRequest, status: int) -> HttpResponse:
    response = render(request, "files/refused.html", {"is_over": status == 410}, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
