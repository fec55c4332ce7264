from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.template import Context, Template
from django.test import RequestFactory

from portal.ui.components.feedback import TONE_ICONS, known_notices


def shown(address):
    context = Context({"request": RequestFactory().get(address)})
    return Template("{% load ui %}{% notice %}").render(context)


def test_a_known_word_is_said():
    html = shown("/t/aurora/customers/?q=a&notice=customer-deleted")

    assert "The customer was deleted." in html
    assert 'role="status"' in html
    assert 'href="/t/aurora/customers/?q=a"' in html


@pytest.mark.parametrize("word", ["", "free-beer", "<script>alert(1)</script>"])
def test_nobody_can_put_words_into_our_mouth(word):
    assert shown(f"/?notice={word}") == ""


def test_without_a_request_nothing_is_said():
    assert Template("{% load ui %}{% notice %}").render(Context()) == ""


def test_every_word_has_a_tone_that_we_have():
    assert {notice.tone for notice in known_notices().values()} <= set(TONE_ICONS)


def test_no_two_areas_use_one_word():
    areas = [
        import_module(f"{config.name}.notices").NOTICES
        for config in apps.get_app_configs()
        if find_spec(f"{config.name}.notices")
    ]

    assert len(areas) > 1
    assert len(known_notices()) == sum(len(notices) for notices in areas)
