"""Every string of the portal is translated, and every translation belongs to a string."""

import shutil
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from devtools.check_commands import PORTAL, CheckFailed, CheckSkipped, run
from devtools.paths import ROOT

LOCALES = Path("portal") / "locale"


def check() -> None:
    catalogs = sorted((ROOT / LOCALES).glob("*/LC_MESSAGES/*.po"))
    if not catalogs:
        raise CheckFailed(f"There are no translations in {LOCALES}.")
    faults = [fault for path in catalogs for fault in faults_of(path)]
    if faults:
        raise CheckFailed("\n".join(faults))
    compare_with_sources(catalogs)


def faults_of(path: Path) -> list[str]:
    name = path.relative_to(ROOT)
    catalog = read_catalog(path)
    faults = [f"{name}: {problem(message)}" for message in catalog if problem(message)]
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        faults.append(f"{name}: not compiled; run manage_portal.py compilemessages")
    elif translations(catalog) != translations(read_compiled(compiled)):
        faults.append(f"{name}: compiled before it was last changed; run compilemessages")
    return faults


def problem(message: Message) -> str:
    if not message.id:
        return ""
    if message.fuzzy:
        return f"fuzzy: {message.id!r}"
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    if not all(strings):
        return f"not translated: {message.id!r}"
    return "; ".join(f"{error}: {message.id!r}" for error in message.check())


def read_catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def read_compiled(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_mo(file)


def translations(catalog: Catalog) -> dict[object, object]:
    return {message.id: message.string for message in catalog if message.id}


def compare_with_sources(catalogs: list[Path]) -> None:
    """Extracts the strings anew, in a copy: what does a catalog lack, what is left over in it?"""
    if shutil.which("xgettext") is None:
        raise CheckSkipped("complete, but NOT COMPARED WITH THE SOURCES: gettext is not installed")
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        shutil.copytree(ROOT / "portal", copy / "portal")
        shutil.copy(ROOT / "manage_portal.py", copy)
        extract = [sys.executable, str(copy / "manage_portal.py"), "makemessages", "--all"]
        run([*extract, "--no-obsolete", "--ignore=tests"], PORTAL, directory=copy / "portal")
        faults = []
        for path in catalogs:
            name = path.relative_to(ROOT)
            written = {str(message.id) for message in read_catalog(path) if message.id}
            extracted = read_catalog(copy / name)
            used = {str(message.id) for message in extracted if message.id}
            faults += [f"{name}: missing: {string}" for string in sorted(used - written)]
            faults += [f"{name}: no longer used: {string}" for string in sorted(written - used)]
    if faults:
        raise CheckFailed("\n".join(faults))
