"""What a PDF's metadata (XMP) say so that it is known for an e-invoice (Factur-X 1.0, 6.2)."""

from __future__ import annotations

from typing import Final

FILE_NAME: Final = "factur-x.xml"
_NAMESPACE: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
# Credit notes are "INVOICE" too: the type is in the e-invoice.
_PROPERTIES: Final = {
    "DocumentType": ("INVOICE", "The type of the hybrid document"),
    "DocumentFileName": (FILE_NAME, "The name of the embedded XML document"),
    "Version": ("1.0", "The version of the standard that the XML document follows"),
    "ConformanceLevel": ("EN 16931", "The profile of the XML document"),
}
_END_OF_SCHEMAS: Final = "</rdf:Bag></pdfaExtension:schemas>"
_END: Final = "</rdf:RDF>"


def mark_as_einvoice(xmp: str) -> str:
    """Typst's packet, with Factur-X's properties and, as PDF/A wants it, their description."""
    for place in (_END_OF_SCHEMAS, _END):
        if xmp.count(place) != 1:
            raise ValueError(f"No single {place} in the metadata that typst wrote")
    described = xmp.replace(_END_OF_SCHEMAS, _schema() + _END_OF_SCHEMAS)
    return described.replace(_END, _values() + _END)


def _schema() -> str:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{description}</pdfaProperty:description>"
        "</rdf:li>"
        for name, (_, description) in _PROPERTIES.items()
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li>"
    )


def _values() -> str:
    values = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _) in _PROPERTIES.items())
    return f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}">{values}</rdf:Description>'
