from __future__ import annotations

from portal.crm.tests.cast import HOSTILE, LIST
from portal.ui.tests.pages import read

CALL = "GET crm/tags/"


def test_every_tag_leads_to_who_carries_it_by_name(owner, platform):
    platform.answer(
        CALL,
        response={
            "results": [
                {"name": "wine & dine", "customers": 1},
                {"name": "Allergy", "customers": 1204},
            ]
        },
    )

    page = read(owner.get(f"{LIST}tags/"))

    assert page.links["Allergy 1,204"] == f"{LIST}?tag=Allergy"
    assert page.links["wine & dine 1"] == f"{LIST}?tag=wine%20%26%20dine"
    assert page.text.index("Allergy") < page.text.index("wine")
    assert platform.operations == [CALL]


def test_none_yet(owner, platform):
    platform.answer(CALL, response={"results": []})

    assert "No tags yet" in read(owner.get(f"{LIST}tags/")).text


def test_a_hostile_one_is_only_text(owner, platform):
    platform.answer(CALL, response={"results": [{"name": HOSTILE, "customers": 2}]})

    response = owner.get(f"{LIST}tags/")

    assert "<script>alert" not in response.content.decode()
    assert f"{HOSTILE} 2" in read(response).links
