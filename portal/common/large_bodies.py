"""Whole files in the body of a request: where a view says so, and few of them at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from mmap import mmap
from threading import BoundedSemaphore
from typing import IO, Any, Final, cast

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict

from portal.common.error_pages import error_page
from portal.common.middleware.body_limit import body_length

LARGEST_FILE: Final = 20 * 1024 * 1024
MOST_IN_MEMORY: Final = 25 * 1024 * 1024
"""Of all files of one form together. Whatever is beyond isn't kept while it arrives."""
LARGEST_BODY: Final = 100 * 1024 * 1024
"""So that a form with too large a file still comes back with what was typed into it."""
BUSY: Final = 5
"""Seconds until somebody else's files are likely to be through."""

_SLOT: Final = BoundedSemaphore(1)


def takes_large_bodies(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets a view take up to LARGEST_BODY, one such request at a time in each process.

    Files stay in memory until they are passed on, so a process needs at most MOST_IN_MEMORY more
    than without. Who comes meanwhile is asked to send again: waiting here would hold threads that
    pages need.
    """

    @wraps(view)
    def in_turn(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if body_length(request) <= settings.REQUEST_BODY_LIMIT:
            return view(request, *args, **kwargs)
        if not _SLOT.acquire(blocking=False):
            return error_page(request, 503, page="uploads_busy", retry_after=BUSY)
        try:
            return view(request, *args, **kwargs)
        finally:
            _close_files(request)
            _SLOT.release()

    in_turn.body_limit = LARGEST_BODY  # type: ignore[attr-defined]
    return in_turn


def _close_files(request: HttpRequest) -> None:
    """The request lives on with its response; its files needn't. None where nobody read it."""
    files_by_name: Any = getattr(request, "_files", MultiValueDict())
    for _name, files in files_by_name.lists():
        for each in files:
            each.close()


class FilesInMemory(FileUploadHandler):
    """Of what is larger than may be, only the name is kept, in `left_out`.

    Each file has memory of its own, which the operating system gives as it is filled and takes back
    when it is closed: what Python frees of such sizes often stays with the process.

    A view that uses it says so before it looks into the form: `FilesInMemory.of(request)`.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.left_out: list[str] = []
        self._held = 0

    @classmethod
    def of(cls, request: HttpRequest) -> FilesInMemory:
        handler = cls(request)
        request.upload_handlers = [handler]
        return handler

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = mmap(-1, LARGEST_FILE)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        size = start + len(raw_data)
        if size > LARGEST_FILE or self._held + size > MOST_IN_MEMORY:
            self.left_out.append(str(self.file_name))
            raise SkipFile
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._held += file_size
        self.file.seek(0)
        return InMemoryUploadedFile(
            # Longer than the file by what was never filled: its `size` says where it ends.
            file=cast("IO[bytes]", self.file),
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
