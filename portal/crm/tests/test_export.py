from __future__ import annotations

import pytest
import time_machine

from portal.api_client.errors import Unreachable
from portal.api_client.tests.fake_platform import response_of
from portal.crm.tests.cast import LIST, problem

CALL = "GET crm/exports/customers/"


@time_machine.travel("2026-11-20 12:00:00+00:00")
def test_the_file_is_passed_on_as_it_is(owner, platform):
    response = owner.get(f"{LIST}export.csv", {"q": " rossi ", "tag": "VIP"})

    content = b"".join(response.streaming_content)
    assert content == response_of("crm-customers-export").encode()
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="aurora-2026-11-20.csv"'
    (call,) = platform.asked(CALL)
    assert call.query == {"q": "rossi", "tag": "VIP"}
    assert platform.operations == [CALL]


@pytest.mark.parametrize(("status", "code"), [(403, "forbidden"), (404, "tenant-not-found")])
def test_a_refusal_is_a_page_and_no_file(owner, platform, status, code):
    platform.answer(CALL, status=status, response=problem(status, code))

    response = owner.get(f"{LIST}export.csv")

    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")


def test_an_unreachable_platform_is_no_empty_file(owner, platform):
    platform.fails(CALL, Unreachable())

    assert owner.get(f"{LIST}export.csv").status_code == 503
