"""Static files for production: hashed, compressed, and the stylesheet in one piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import (  # type: ignore[import-untyped] # has none
    CompressedManifestStaticFilesStorage,
)

STYLESHEET = "ui/css/ui.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')


class OneStylesheetStorage(CompressedManifestStaticFilesStorage):
    """Puts the parts of the stylesheet into it, so that a first visit fetches one file, not forty.

    In development each part stays a file, which a browser's inspector then names.
    """

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if STYLESHEET in paths:
            whole = InMemoryStorage()
            whole.save(STYLESHEET, ContentFile(_in_one_piece(paths)))
            paths = {**paths, STYLESHEET: (whole, STYLESHEET)}
        yield from super().post_process(paths, dry_run, **options)


def _in_one_piece(paths: dict[str, Any]) -> str:
    folder = PurePosixPath(STYLESHEET).parent

    def part(match: re.Match[str]) -> str:
        return f"@layer {match[2]} {{\n{_content(paths, str(folder / match[1]))}}}"

    return IMPORT.sub(part, _content(paths, STYLESHEET))


def _content(paths: dict[str, Any], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        content: bytes = file.read()
    return content.decode()
