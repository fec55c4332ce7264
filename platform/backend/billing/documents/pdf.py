"""The document as a file: a PDF/A-3b with the e-invoice inside, as Factur-X has it.

Typst and pypdf are on the worker alone. Nothing is fetched: the template imports no packages, and
the fonts are those inside typst.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst
from pypdf import PdfWriter
from pypdf.generic import StreamObject

from backend.billing.documents.einvoice import einvoice
from backend.billing.documents.facts import DocumentFacts
from backend.billing.documents.page import page_of
from backend.billing.documents.xmp import mark_as_einvoice

FOLDER: Final = Path(__file__).parent
# Shown in place of what no font has: pictures, and scripts such as Chinese or Thai.
BOX: Final = "□"
# Latin letters as Europe writes them, and the marks of texts: every font has them.
_COMMON: Final = re.compile(r"[\x20-\x7e\xa0-\u017f\u2013-\u201e\u2026\u20ac]*")
# A longer word may break after each few characters, so that it stays on the page.
_LONG: Final = re.compile(r"\S{33,}")
_FEW: Final = re.compile(r".{8}(?=.)")
_ZERO_WIDTH_SPACE: Final = "\u200b"

_lock: Final = Lock()


def render(facts: DocumentFacts) -> bytes:
    """The same facts make the same bytes. Takes about 30 ms, and 100 more in a process's first."""
    inputs = {
        "page": json.dumps(_showable(page_of(facts)), ensure_ascii=False),
        "einvoice": einvoice(facts).decode(),
    }
    return _with_metadata(_compiled("page.typ", inputs, facts.issued_at))


def _compiled(template: str, inputs: Mapping[str, str], at: datetime) -> bytes:
    """One at a time: a compiler keeps what it has read, and isn't for two threads at once."""
    with _lock:
        compiled = _compiler(template).compile(
            format="pdf",
            pdf_standards="a-3b",
            sys_inputs=dict(inputs),
            timestamp=int(at.timestamp()),
        )
    assert isinstance(compiled, bytes)
    return compiled


@cache
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(
        FOLDER / template,
        root=FOLDER,
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
        # There are none in it, and none are downloaded to it.
        package_path=FOLDER / "no-packages",
        package_cache_path=FOLDER / "no-packages",
    )


def _showable(written: Any) -> Any:
    """`written` with each of its texts as the fonts can show it."""
    if isinstance(written, str):
        return _LONG.sub(_breakable, _with_boxes(written))
    if isinstance(written, Mapping):
        return {name: _showable(each) for name, each in written.items()}
    return [_showable(each) for each in written]


def _breakable(word: re.Match[str]) -> str:
    return _FEW.sub(rf"\g<0>{_ZERO_WIDTH_SPACE}", word[0])


def _with_boxes(text: str) -> str:
    """PDF/A refuses a text that has no glyph: better a box than no invoice."""
    if _COMMON.fullmatch(text) or _is_shown(text):
        return text
    boxed = "".join(each if _is_shown(each) else BOX for each in text)
    if _is_shown(boxed):
        return boxed
    return "".join(each if _COMMON.fullmatch(each) else BOX for each in text)


@lru_cache(maxsize=4096)
def _is_shown(text: str) -> bool:
    try:
        _compiled("probe.typ", {"text": text}, datetime(2000, 1, 1, tzinfo=UTC))
    except typst.TypstError:
        return False
    return True


def _with_metadata(pdf: bytes) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf))
    writer.pdf_header = pdf[: pdf.index(b"\n")].decode()
    metadata = writer.root_object["/Metadata"].get_object()
    assert isinstance(metadata, StreamObject)
    metadata.set_data(mark_as_einvoice(metadata.get_data().decode()).encode())
    written = BytesIO()
    writer.write(written)
    return written.getvalue()
