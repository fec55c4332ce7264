"""An owner makes an app in a real browser, and the line on the page works as it is printed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Visit, sign_in
from tests.running_pair import RunningPair

APPS = "/t/aurora/settings/apps/"


def run(line: str) -> tuple[int, Any]:
    """Status and body of what the line, typed into a shell, asks for."""
    if shutil.which("curl") is None:
        pytest.skip("no curl found: apt install curl")
    assert shlex.split(line)[0] == "curl"
    done = subprocess.run(
        ["sh", "-c", f"{line} --silent --show-error --max-time 20 --write-out '\n%{{http_code}}'"],
        capture_output=True,
        text=True,
        check=True,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


def create(page: Page, name: str, *scopes: str) -> None:
    page.goto(f"{APPS}new/")
    page.get_by_label("Name", exact=True).fill(name)
    for scope in scopes:
        page.get_by_label(scope).check()
    page.get_by_role("button", name="Create app").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"The key of {name}")


def printed(page: Page) -> tuple[str, str]:
    """The key, and the line to try it."""
    key = page.get_by_role("textbox", name="Key", exact=True).input_value()
    line = page.get_by_role("textbox", name="A first call").input_value()
    return key, line


def test_a_key_from_its_making_to_its_end(pair: RunningPair, visit: Visit) -> None:
    page = visit()
    sign_in(page, "owner@aurora.test")
    create(page, "Reservations", "See customers", "Add customers")
    key, line = printed(page)

    # The line works as it is printed, and no further than the app may go.
    status, customers = run(line)
    assert (status, len(customers["results"])) == (200, 5)
    status, problem = run(line.replace("crm/customers/?limit=5", "members/"))
    assert (status, problem["code"]) == (403, "forbidden")

    # The key stands in no address, and loading the page again shows the app without it.
    assert page.url.startswith(f"{pair.portal}{APPS}")
    assert key not in page.url
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reservations")
    assert key not in page.content()
    app = page.url

    # Changed with an overlap, both keys work; the old one is then revoked by itself.
    page.get_by_role("link", name="New key").click()
    page.get_by_label("For a week").check()
    page.get_by_role("button", name="Make a new key").click()
    _, second_line = printed(page)
    assert run(line)[0] == run(second_line)[0] == 200
    page.get_by_role("link", name="I have taken it").click()
    row = page.get_by_role("row").filter(has_text=key[:10])
    row.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke key").click()
    expect(page.get_by_role("status")).to_contain_text("The key is revoked.")
    assert [run(line)[0], run(second_line)[0]] == [401, 200]

    # Given less, it may do less at once.
    page.goto(f"{app}edit/")
    page.get_by_label("See customers").uncheck()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("status")).to_contain_text("Your changes are saved.")
    assert run(second_line)[0] == 403

    # Revoked, nothing of it works.
    page.goto(f"{app}revoke/")
    page.get_by_role("button", name="Revoke for good").click()
    expect(page.get_by_role("status")).to_contain_text("The app is revoked.")
    status, problem = run(second_line)
    assert (status, problem["code"]) == (401, "app-credentials-invalid")
    page.goto(APPS)
    assert page.get_by_role("link", name="Reservations").count() == 0


def test_pressing_twice_shows_the_one_key(pair: RunningPair, visit: Visit) -> None:
    """Without JavaScript the second press replaces the first; both carry the page's own key."""
    page = visit(java_script_enabled=False)
    sign_in(page, "owner@aurora.test")
    page.goto(f"{APPS}new/")
    page.get_by_label("Name", exact=True).fill("Twice Pressed")
    page.get_by_label("See customers").check()
    page.get_by_role("button", name="Create app").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("The key of Twice Pressed")
    key, line = printed(page)
    assert run(line)[0] == 200
    # Without scripts loading again sends the form again: the same key, and no other app.
    page.reload()
    assert printed(page)[0] == key
    page.goto(APPS)
    page.get_by_role("link", name="Twice Pressed").click()
    assert page.get_by_role("row").filter(has_text="tvk_").count() == 1


def test_one_press_copies(visit: Visit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, "owner@aurora.test")
    create(page, "Copied", "See the business’s details")
    key, line = printed(page)
    for label, text in (("Key", key), ("A first call", line)):
        field = page.locator(".copyable").filter(has_text=label)
        field.get_by_role("button").click()
        expect(field.get_by_role("button")).to_contain_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == text
    assert run(line)[1]["slug"] == "aurora"


def test_only_owners_find_the_way(visit: Visit) -> None:
    page = visit()
    sign_in(page, "waiter@aurora.test")
    assert page.get_by_role("link", name="Apps").count() == 0
    response = page.goto(f"{APPS}new/")
    assert response is not None
    assert response.status == 403


def test_the_documentation_is_where_the_page_says(pair: RunningPair, visit: Visit) -> None:
    page = visit()
    sign_in(page, "owner@aurora.test")
    page.goto(APPS)
    address = page.get_by_role("link", name="API documentation").get_attribute("href")
    assert address == f"{pair.platform}/api/docs/"
    response = page.request.get(address)
    assert response.status == 200
    assert re.search("swagger", response.text(), re.IGNORECASE)
