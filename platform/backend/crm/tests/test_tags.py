from __future__ import annotations

from backend.crm.tests.conftest import make


def tags(house):
    return house.app.get("crm/tags/").json()


def test_tags_are_counted_by_tenant(aurora, bluefin, crm_queries):
    make(aurora, tags=["VIP", "press"])
    make(aurora, tags=["vip"])
    make(bluefin, tags=["VIP"])

    assert tags(aurora) == {
        "results": [{"name": "press", "customers": 1}, {"name": "VIP", "customers": 2}]
    }
    assert tags(bluefin) == {"results": [{"name": "VIP", "customers": 1}]}
    assert len(crm_queries(lambda: tags(aurora))) == 1


def test_a_tag_that_nobody_carries_is_hidden_until_it_is_used_again(aurora):
    customer = make(aurora, tags=["VIP"])
    aurora.app.patch(f"crm/customers/{customer.id}/", {"tags": []}, if_match="*")
    assert tags(aurora) == {"results": []}

    make(aurora, tags=["vip"])
    assert tags(aurora) == {"results": [{"name": "VIP", "customers": 1}]}
