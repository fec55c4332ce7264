"""Translations without a system package: Babel reads the sources and writes gettext's files.

Each area of the site keeps its own `locale/<language>/LC_MESSAGES/django.po`; the compiled `.mo`
beside it is made from that at every build and never kept in git.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

# Neither placeholders nor dates: a translation's history shows translations.
HEADER = """\
# {catalog.locale.english_name} of the portal's {area.name} area.
msgid ""
msgstr ""
"Language: {catalog.locale}\\n"
"Plural-Forms: {catalog.plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def areas() -> list[Path]:
    """The folder of every area of the site."""
    return [
        Path(config.path) for config in apps.get_app_configs() if config.name.startswith("portal.")
    ]


def languages() -> list[str]:
    """Those that need translating: all but the one that the sources are written in."""
    return [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def catalog_path(area: Path, language: str) -> Path:
    return area / "locale" / language / "LC_MESSAGES" / "django.po"


def read(area: Path, language: str) -> Catalog:
    path = catalog_path(area, language)
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def update(area: Path, language: str) -> Path:
    """Brings the catalogue up to what the sources say; what they no longer say is dropped."""
    found = Catalog(locale=language)
    for message, origin in _found(area):
        found.add(message[0], locations=[(origin, 0)], context=message[1])
    catalog = read(area, language)
    catalog.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    path = catalog_path(area, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER.format(catalog=catalog, area=area).encode())
        write_po(file, catalog, width=100, include_lineno=False, omit_header=True)
    return path


def compile_all() -> list[Path]:
    """Writes the `.mo` of every catalogue."""
    compiled = []
    for area in areas():
        for language in languages():
            source = catalog_path(area, language)
            if not source.exists():
                continue
            target = source.with_suffix(".mo")
            fresh = target.with_suffix(f".mo.{os.getpid()}")
            with fresh.open("wb") as file:
                write_mo(file, read(area, language))
            # In one step: another process may be reading it, or writing it too.
            fresh.replace(target)
            compiled.append(target)
    return compiled


def untranslated(language: str) -> list[str]:
    """What the sources say that the catalogues don't have in `language`, as `area: text`."""
    missing: dict[str, None] = {}
    for area in areas():
        catalog = read(area, language)
        for (text, context), _ in _found(area):
            known = catalog.get(_id(text), context)
            if not known or known.fuzzy or not _complete(known):
                missing[f"{area.name}: {_id(text)}"] = None
    return list(missing)


def _id(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def _complete(message: Message) -> bool:
    if isinstance(message.string, str):
        return bool(message.string)
    return all(message.string or [""])


Found = tuple[tuple[str | tuple[str, ...], str | None], str]


def _found(area: Path) -> Iterator[Found]:
    """Every text of an area that is to be translated, with its context and its file."""
    for path in sorted([*area.rglob("*.py"), *area.glob("templates/**/*.*")]):
        if "tests" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Django makes something of a template that reads like source, but for its indentation.
            lines = templatize(source, origin=str(path)).splitlines()
            source = "\n".join(line.lstrip() for line in lines)
        file = BytesIO(source.encode())
        options = {"encoding": "utf-8"}
        for _, text, _, context in extract("python", file, keywords=KEYWORDS, options=options):
            yield (text, context), str(path.relative_to(area.parent))
