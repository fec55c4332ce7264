"""Takes out of an image, while it is built, what the services in it never open.

    prune.py SITE_PACKAGES STATIC_ROOT

What goes is named here rather than found out: what isn't matched stays.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

LANGUAGES = {"en", "de"}
AWS_SERVICES = {"s3", "sts"}
UNUSED_CODE = (
    "**/tests",
    "**/__pycache__",
    "**/*.pyi",
    "*/static",  # collected into STATIC_ROOT before
    "django/contrib/*/static",
    "django/contrib/gis",
    "allauth/socialaccount/providers",
    "boto3/examples",
    "stdnum/**/*.dat",  # registers of banks, books and telephones; VAT ids need none
    "brotli.py",  # compresses the static files in the build; nothing else asks for it
    "_brotli*.so",
    "*.dist-info/RECORD",
    "stripe/params",  # types of what its methods take
    "stripe/events",  # "thin" events, which aren't taken
    "yaml/_yaml*.so",  # the API's description is written a third of a second slower without
    "cffi",  # builds bindings; what runs them is _cffi_backend
    "pycparser",
    "jsonschema",  # checks the API's description, where that is made
    "jsonschema_specifications",
    "referencing",
    "rpds",
    # Of the worker alone, which writes XML and doesn't check it: the tests do.
    "drafthorse/schema",
    "lxml/html",
    "lxml/includes",
    "lxml/isoschematron",
    "lxml/objectify*.so",
    "lxml/*.p[xy][dix]",
)
UNUSED_STATIC = (
    "**/*.map*",
    "rest_framework",  # the browsable API, which is off
    "drf_spectacular_sidecar/redoc",  # the docs are Swagger UI's
)


def main(site_packages: Path, static_root: Path) -> None:
    before = size(site_packages) + size(static_root)
    for path in [
        *matching(site_packages, UNUSED_CODE),
        *foreign(site_packages),
        *matching(static_root, UNUSED_STATIC),
        *unhashed(static_root),
    ]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    print(f"pruned from {before} to {size(site_packages) + size(static_root)} MB")


def matching(directory: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from directory.glob(pattern)


def foreign(site_packages: Path) -> Iterator[Path]:
    """Other languages' translations and formats, other cloud services' descriptions."""
    for path in site_packages.glob("**/locale/*/"):
        if path.is_dir() and path.name not in LANGUAGES:
            yield path
    for path in site_packages.glob("babel/locale-data/*.dat"):
        if path.stem.partition("_")[0] not in LANGUAGES | {"root"}:
            yield path
    for library in ("boto3", "botocore"):
        for path in site_packages.glob(f"{library}/data/*/"):
            if path.is_dir() and path.name not in AWS_SERVICES:
                yield path


def unhashed(static_root: Path) -> Iterator[Path]:
    """Pages name the hashed copies only; each file may have compressed ones beside it."""
    manifest = json.loads((static_root / "staticfiles.json").read_text())
    for name, hashed in manifest["paths"].items():
        if name != hashed:
            yield from (static_root / f"{name}{suffix}" for suffix in ("", ".gz", ".br"))


def size(directory: Path) -> int:
    return sum(path.lstat().st_size for path in directory.rglob("*")) // 1_000_000


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
