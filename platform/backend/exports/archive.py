"""The archive: a ZIP file of lines of JSON, with a manifest and the sums of all its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

FORMAT: Final = "tavola-export"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
README: Final = "README.txt"
SUMS: Final = "SHA256SUMS"
# Quick rather than small: the next level takes twice the time for a tenth of the size.
_COMPRESSION: Final = 3
_FOR_ITS_OWNER_ALONE: Final = 0o600 << 16


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the archive. `rows` is the number of its lines, `bytes` its size unpacked."""

    file: str
    rows: int
    bytes: int
    sha256: str


class Archive:
    """Written from front to back; complete when its ``with`` block has ended well."""

    def __init__(self, file: IO[bytes], *, made_at: datetime) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION)
        self._made_at = made_at
        self._parts: list[Part] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            sums = "".join(f"{part.sha256}  {part.file}\n" for part in self._parts)
            self.add(SUMS, [sums.encode()])
        self._zip.close()

    def add(self, name: str, blocks: Iterable[bytes]) -> Part:
        """A file of whole lines, as they come."""
        entry = ZipInfo(name, self._made_at.timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = _FOR_ITS_OWNER_ALONE
        digest, rows, size = hashlib.sha256(), 0, 0
        with self._zip.open(entry, "w", force_zip64=True) as unpacked:
            for block in blocks:
                unpacked.write(block)
                digest.update(block)
                rows += block.count(b"\n")
                size += len(block)
        part = Part(file=name, rows=rows, bytes=size, sha256=digest.hexdigest())
        self._parts.append(part)
        return part

    def add_readme(self) -> None:
        self.add(README, [Path(__file__).with_name("README.txt").read_bytes()])

    def add_manifest(self, manifest: Mapping[str, Any]) -> None:
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        self.add(MANIFEST, [f"{text}\n".encode()])
