"""Private files: put into the store under a name, taken in and handed out by links that expire.

The store is S3-compatible where `S3_BUCKET` names a bucket, else this machine's disk, which is for
development: replicas don't share one. Nothing in it is public, and names are never addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, Final, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.http import content_disposition_header

from backend.common import local_files
from backend.common.problems import Problem

_PIECE: Final = 256 * 1024


class StorageNotConfigured(Problem):
    """Nothing that a caller could change: the operator hasn't said where files are kept."""

    status_code = 409
    code = "storage-not-configured"
    title = "This installation has no place for files"


class StoreFailed(Exception):
    """The store didn't take, find or delete a file. The cause says why, in its own words."""


class FileMissing(StoreFailed):
    """The store is well, and has no such file."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address that opens one file for whoever has it, until `expires_at`."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """An address that takes one file of one type and size from whoever has it, until `expires_at`.

    To be sent with the `headers`, and with the length in `Content-Length`, as all programs do that
    send a file as a whole.
    """

    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime


def is_configured() -> bool:
    return bool(settings.S3_BUCKET or settings.LOCAL_FILES)


def require_store() -> None:
    """Raises StorageNotConfigured. To be asked before work begins that ends in a file."""
    if not is_configured():
        raise StorageNotConfigured


def put(name: str, file: IO[bytes]) -> None:
    """Stores what `file` holds from its beginning; replaces what had the name. StoreFailed.

    A reader sees the whole file or none in an S3 store; on a local disk it grows.
    """
    with _store():
        file.seek(0)
        default_storage.save(name, File(file, name))


def read(name: str) -> bytes:
    """A file that fits into memory. Raises StoreFailed, FileMissing."""
    with _store(), default_storage.open(name) as file:
        return bytes(file.read())


def size(name: str) -> int:
    """In bytes. Raises StoreFailed, FileMissing."""
    with _store():
        return int(default_storage.size(name))


def fetch(name: str, into: IO[bytes], *, most: int) -> int:
    """Copies a file, but not more than `most` bytes of it, piece by piece. The number of bytes.

    Raises StoreFailed, FileMissing.
    """
    done = 0
    with _store(), closing(_opened(name)) as source:
        while piece := source.read(min(_PIECE, most - done)):
            into.write(piece)
            done += len(piece)
    return done


def delete(name: str) -> None:
    """For good. A file that isn't there is no error. Raises StoreFailed."""
    with _store():
        default_storage.delete(name)


def link_to(name: str, *, filename: str, content_type: str, seconds: int) -> Link:
    """An address that saves the file as `filename`. The store isn't asked whether it is there."""
    expires_at = timezone.now() + timedelta(seconds=seconds)
    if settings.S3_BUCKET:
        parameters = {
            "ResponseContentDisposition": content_disposition_header(True, filename),
            "ResponseContentType": content_type,
            "ResponseCacheControl": "private, no-store",
        }
        url = cast("Any", default_storage).url(name, parameters=parameters, expire=seconds)
    else:
        url = local_files.address(
            name, filename=filename, content_type=content_type, expires_at=expires_at
        )
    return Link(url=url, expires_at=expires_at)


def upload_to(name: str, *, content_type: str, size: int, seconds: int) -> Upload:
    """An address that puts a file of exactly this type and size, in bytes, under the name.

    A reader sees the whole file or none. Until the address is over, an S3 store takes another file
    of the same type and size in place of the first: what was looked at must be kept elsewhere.
    """
    expires_at = timezone.now() + timedelta(seconds=seconds)
    if settings.S3_BUCKET:
        url = cast("Any", default_storage).upload_address(
            name, content_type=content_type, size=size, seconds=seconds
        )
    else:
        url = local_files.upload_address(
            name, content_type=content_type, size=size, expires_at=expires_at
        )
    return Upload("PUT", url, {"Content-Type": content_type}, expires_at)


def _opened(name: str) -> Any:
    """To be read piece by piece: an S3 storage's own files are in memory as a whole."""
    if settings.S3_BUCKET:
        return cast("Any", default_storage).stream(name)
    return default_storage.open(name)


@contextmanager
def _store() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise FileMissing(str(error)) from error
    except _failures() as error:
        raise StoreFailed(f"{type(error).__name__}: {error}") from error


def _failures() -> tuple[type[Exception], ...]:
    """What the store raises. boto3 is loaded only where it is in use: it takes megabytes."""
    if not settings.S3_BUCKET:
        return (OSError,)
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    return (OSError, Boto3Error, BotoCoreError, ClientError)
