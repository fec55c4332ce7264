"""Checks an archive by what it says of itself: nothing missing, changed or added."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from backend.exports.archive import FORMAT, MANIFEST, README, SUMS, VERSION

BLOCK = 1024 * 1024


class NotAnExport(Exception):
    """The file isn't an archive of ours, or nothing can be read of it."""


@dataclass(slots=True)
class Checked:
    """What was found. Without `faults` the archive is whole."""

    tenant: str
    made_at: str
    files: int
    rows: int
    faults: list[str]


def verify(file: IO[bytes]) -> Checked:
    """Reads the whole archive once. Raises NotAnExport."""
    try:
        with ZipFile(file) as archive:
            manifest = _manifest(archive)
            return Checked(
                tenant=manifest["tenant"]["name"],
                made_at=manifest["made_at"],
                files=len(manifest["files"]),
                rows=manifest["rows"],
                faults=list(_faults(archive, manifest)),
            )
    except (BadZipFile, ZlibError, KeyError, TypeError, ValueError) as error:
        raise NotAnExport(f"{type(error).__name__}: {error}") from error


def _manifest(archive: ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT or manifest["version"] != VERSION:
        raise ValueError(f"of another format: {manifest['format']} {manifest['version']}")
    return manifest


def _faults(archive: ZipFile, manifest: dict[str, Any]) -> Iterator[str]:
    listed = {part["file"]: part for part in manifest["files"]}
    present = set(archive.namelist())
    yield from (f"{name} is missing" for name in sorted(listed.keys() - present))
    known = listed.keys() | {MANIFEST, README, SUMS}
    yield from (f"{name} is not listed" for name in sorted(present - known))
    sums = _sums(archive)
    for name in sorted(present & known - {SUMS}):
        found = _measure(archive, name, listed.get(name))
        if sums.get(name) != found["sha256"]:
            yield f"{name}: its sum differs from the one in {SUMS}"
        for figure in ("bytes", "rows", "sha256") if name in listed else ():
            if listed[name][figure] != found[figure]:
                yield f"{name}: {figure} {found[figure]}, expected {listed[name][figure]}"
    if (rows := sum(part["rows"] for part in listed.values())) != manifest["rows"]:
        yield f"{MANIFEST}: {manifest['rows']} rows in all, but {rows} together"


def _sums(archive: ZipFile) -> dict[str, str]:
    lines = archive.read(SUMS).decode().splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _measure(archive: ZipFile, name: str, part: dict[str, Any] | None) -> dict[str, Any]:
    """Sum, size and lines; each line of a listed file must be an object with its columns."""
    digest, size, rows = hashlib.sha256(), 0, 0
    columns = set(part["columns"]) if part else None
    with archive.open(name) as unpacked:
        for line in unpacked:
            digest.update(line)
            size += len(line)
            rows += 1
            if columns is not None and set(json.loads(line)) != columns:
                raise ValueError(f"{name}, line {rows}: other columns than listed")
    return {"bytes": size, "rows": rows, "sha256": digest.hexdigest()}
