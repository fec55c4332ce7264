"""A request with a mail in it: as large as mails are, and never on a disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.utils.functional import cached_property


class _InMemory(MemoryFileUploadHandler):
    """Whatever the size: the web's file system can't be written."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


class MailRequest(WSGIRequest):
    """The same request, to be read beyond the API's limit: its length has been looked at.

    Fields of a multipart form, which are the mail's texts, stay within Django's limit.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.META)
        # As `Utf8Middleware` has it: the codec isn't the caller's choice.
        self.encoding = "utf-8"
        self.upload_handlers = [_InMemory(self)]

    @cached_property
    def body(self) -> bytes:
        return self.read()
