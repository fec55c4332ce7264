"""An invoice says one thing: on the portal's page, on the PDF's, and in the e-invoice inside it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.conftest import Visit, sign_in

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
# An amount as it is written in either language, with its currency.
AMOUNT = re.compile(r"-?[£€]?\d[\d.,]*[.,]\d\d(?: €)?")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\N{MINUS SIGN}", "-"))


def as_number(amount: str) -> str:
    """ "1.234,50 €" and "£1,234.50" are "1234.50", as e-invoices write them."""
    digits = re.sub(r"[^\d-]", "", amount)
    return f"{digits[:-2]}.{digits[-2:]}"


def downloaded(page: Page, to: Path) -> PdfReader:
    button = page.get_by_role("button", name="PDF")
    with page.expect_download(timeout=60_000) as download:
        button.click()
        # Only if it is still being made: then it can be had a moment later.
        if page.get_by_text(re.compile("PDF is being made|PDF wird")).first.is_visible():
            button.click(timeout=50_000)
    download.value.save_as(to)
    return PdfReader(to)


@pytest.mark.parametrize(
    ("person", "business"),
    [("accountant@aurora.test", "aurora"), ("owner@bluefin.test", "bluefin")],
)
def test_page_and_document_say_the_same(
    visit: Visit, tmp_path: Path, person: str, business: str
) -> None:
    page = visit()
    sign_in(page, person)
    page.goto(f"/t/{business}/billing/invoices/")
    page.get_by_role("link", name=re.compile(r"^\d{4}-\d{5}$")).last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\d{4}-\d{5}"))
    number = page.get_by_role("heading", level=1).inner_text().split()[-1]
    # Of each line its price and its net amount; of the sums what is without tax, tax, and in all.
    card = page.get_by_role("table").locator("xpath=ancestor::*[contains(@class, 'card')][1]")
    lines = [AMOUNT.findall(plain(row)) for row in page.locator("tbody tr").all_inner_texts()]
    sums = [
        AMOUNT.findall(plain(text)) for text in card.get_by_role("definition").all_inner_texts()
    ]
    assert lines
    assert len(sums) >= 3

    reader = downloaded(page, tmp_path / "invoice.pdf")
    text = plain(" ".join(each.extract_text() for each in reader.pages))
    root = ElementTree.fromstring(reader.attachments["factur-x.xml"][0])

    def held(path: str) -> list[str]:
        names = "/".join(f"{RAM}{name}" for name in path.split("/"))
        return [each.text or "" for each in root.iterfind(f".//{names}")]

    # Each may be in another language: the document is in the business's, the page in the reader's.
    written = {as_number(each) for each in AMOUNT.findall(text)}
    assert number in text
    assert number in [each.text for each in root.iter(f"{RAM}ID")]
    nets = [as_number(amounts[-1]) for amounts in lines]
    assert nets == held("SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount")
    net, tax, total = (as_number(amounts[-1]) for amounts in sums[:3])
    assert [net] == held("TaxBasisTotalAmount")
    assert [tax] == held("TaxTotalAmount")
    assert [total] == held("GrandTotalAmount") == held("DuePayableAmount")
    # Outside the scope of VAT there is a sentence instead of a nought.
    assert written >= {*nets, net, tax, total} - {"0.00"}
