from __future__ import annotations

import pytest
from django.utils import translation


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "de", "de"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "fr,de;q=0.5,en;q=0.4", "de"),
        ("", "fr", "en"),
        ("", "*", "en"),
        ("?lang=de", "en", "de"),
        ("?lang=en", "de", "en"),
        ("?lang=fr", "de", "de"),
        ("?lang=../../etc", "de", "de"),
    ],
)
def test_a_stranger_reads_what_they_ask_for(visitor, query, accepted, language):
    response = visitor.get(f"/sign-in/{query}", headers={"Accept-Language": accepted})

    assert f'<html lang="{language}"' in response.content.decode()
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.headers["Vary"]


def test_a_person_reads_their_own_language_whatever_the_browser_says(waiter):
    response = waiter.get("/account/?lang=en", headers={"Accept-Language": "en"})

    assert '<html lang="de"' in response.content.decode()
    assert response.headers["Content-Language"] == "de"


def test_so_do_the_texts_of_a_refused_form(waiter):
    response = waiter.post("/account/", {"name": "", "language": "de"})

    assert "Bitte füllen Sie das aus." in response.content.decode()


def test_one_page_leaves_nothing_for_the_next(waiter, visitor):
    waiter.get("/account/")

    assert '<html lang="en"' in visitor.get("/sign-in/").content.decode()
    assert translation.get_language() in ("en", "en-us", None)


def test_the_chosen_language_goes_along_on_the_way_in(visitor):
    page = visitor.get("/sign-in/?lang=de&next=/t/aurora/").content.decode()

    assert 'href="/sign-up/?next=%2Ft%2Faurora%2F&lang=de"' in page.replace("&amp;", "&")
