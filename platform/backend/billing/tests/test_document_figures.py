"""What the API tells, what the page of the PDF says and what the e-invoice inside it holds."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pypdf import PdfReader

from backend.billing.models import CreditNote, Seller
from backend.billing.tests.documents import VARIANTS, Variant, change
from backend.billing.workflows.make_document import make_document
from backend.billing.written import amount, money, number, percent
from backend.common import files
from backend.common.money import as_decimal
from backend.common.tests.stores import local_store
from backend.conftest import House

__all__ = ["local_store"]

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.__name__)
def test_all_three_say_the_same(
    aurora: House, seller: Seller, local_store: Path, variant: Variant, language: str
) -> None:
    change(aurora, language=language)
    document = variant(aurora)
    kind = "credit-notes" if isinstance(document, CreditNote) else "invoices"
    told = aurora.app.get(f"{kind}/{document.pk}/").json()
    stored = make_document(document)
    assert stored is not None
    reader = PdfReader(BytesIO(files.read(stored.name)))

    assert_the_page_says(told, reader, language)
    [xml] = reader.attachments["factur-x.xml"]
    assert_the_xml_holds(told, etree.fromstring(xml))


def assert_the_page_says(told: dict[str, Any], reader: PdfReader, language: str) -> None:
    text = "\n".join(page.extract_text() for page in reader.pages)
    text = re.sub(r"[ \xa0\n]+", " ", text.replace("\N{MINUS SIGN}", "-"))

    def figure(minor: int) -> str:
        return amount(minor, told["currency"], language)

    assert told["number"] in text
    for line in told["lines"]:
        row = [line["description"], number(Decimal(line["quantity"]), language)]
        rest = [figure(line["unit_price_minor"]), figure(line["net_minor"])]
        if told["tax_category"] != "O":
            rest.insert(1, percent(Decimal(line["tax_percent"]), language).replace("\xa0", " "))
        else:
            rest.insert(1, "–")
        # In this order, with nothing but a unit between.
        assert re.search(
            " ".join(map(re.escape, row)) + r"( \S+)? " + re.escape(" ".join(rest)), text
        )
    for tax in told["taxes"]:
        if told["tax_category"] != "O":
            assert f" {figure(tax['net_minor'])} {figure(tax['tax_minor'])} " in text
    assert money(told["total_minor"], told["currency"], language).replace("\xa0", " ") in text


def assert_the_xml_holds(told: dict[str, Any], root: Any) -> None:
    def values(path: str, under: Any = root) -> list[str]:
        return [each.text for each in under.iterfind(f".//{RAM}{path.replace('/', f'/{RAM}')}")]

    def figure(minor: int) -> str:
        return str(as_decimal(minor, told["currency"]))

    assert values("GrandTotalAmount") == [figure(told["total_minor"])]
    assert values("TaxTotalAmount") == [figure(told["tax_minor"])]
    assert values("TaxBasisTotalAmount") == [figure(told["net_minor"])]
    items = root.findall(f".//{RAM}IncludedSupplyChainTradeLineItem")
    for item, line in zip(items, told["lines"], strict=True):
        assert values("LineID", item) == [str(line["position"])]
        assert values("Name", item) == [line["description"]]
        assert values("ChargeAmount", item) == [figure(line["unit_price_minor"])]
        assert values("LineTotalAmount", item) == [figure(line["net_minor"])]
        [quantity] = values("BilledQuantity", item)
        assert Decimal(quantity) == Decimal(line["quantity"])
    taxes = root.findall(f".//{RAM}ApplicableHeaderTradeSettlement/{RAM}ApplicableTradeTax")
    assert [(values("BasisAmount", tax), values("CalculatedAmount", tax)) for tax in taxes] == [
        ([figure(tax["net_minor"])], [figure(tax["tax_minor"])]) for tax in told["taxes"]
    ]
