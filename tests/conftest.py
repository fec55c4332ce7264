"""The real pair, and a real browser in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.running_pair import PASSWORD, RunningPair

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# As root and without a network, Chromium needs to be told to mind its own business.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def server_url() -> str:
    url = os.environ.get("DATABASE_URL")
    if not url:
        pytest.fail("Run `bin/test tests`: it brings a database.")
    return url


@pytest.fixture(scope="session")
def pair(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPair]:
    """Platform, worker and portal with the demo's people and customers."""
    running = RunningPair(server_url, tmp_path_factory.mktemp("pair"))
    try:
        running.start_platform()
        running.start_worker()
        running.start_portal()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("no Chromium found: apt install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, pair: RunningPair) -> Iterator[Visit]:
    """`visit(width=390, dark=True)`: a visitor with a browser of their own, on the start page.

    Further options are those of Playwright's browser context. Whatever a page complains about in
    the console fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(*, width: int = 1280, dark: bool = False, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            base_url=pair.portal,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{page.url}: {message.text}")
                if message.type == "error"
                and "the server responded with a status of" not in message.text
                else None
            ),
        )
        page.goto("/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/t/**")
