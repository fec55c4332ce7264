from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

STATUSES = [400, 403, 404, 409, 412, 413, 429, 500, 502, 503]


@pytest.mark.parametrize("status", STATUSES)
def test_each_needs_nothing_to_be_shown(status):
    html = render_to_string(f"ui/errors/{status}.html")

    assert "<h1" in html
    assert 'href="/"' in html
    assert "reference" not in html


@pytest.mark.parametrize("status", STATUSES)
def test_each_speaks_german_and_gives_the_reference(status):
    with translation.override("de"):
        html = render_to_string(f"ui/errors/{status}.html", {"request_id": "<abc>"})

    assert "<code>&lt;abc&gt;</code>" in html
    assert 'lang="de"' in html


@pytest.mark.parametrize("status", [429, 502, 503])
def test_what_passes_can_be_tried_again_but_not_by_a_link_that_would_have_written(status):
    get = RequestFactory().get("/t/aurora/?q=a")
    post = RequestFactory().post("/t/aurora/")

    assert 'href="/t/aurora/?q=a"' in render_to_string(f"ui/errors/{status}.html", request=get)
    assert "/t/aurora/" not in render_to_string(f"ui/errors/{status}.html", request=post)


def test_how_long_to_wait():
    one = render_to_string("ui/errors/429.html", {"retry_after": 1})
    many = render_to_string("ui/errors/429.html", {"retry_after": 30})

    assert "wait a second" in one
    assert "wait 30 seconds" in many


def test_read_only_isnt_told_as_a_failure():
    html = render_to_string("ui/errors/503.html", {"read_only": True})

    assert "read-only for the moment" in html
    assert "can’t reach its data" not in html
