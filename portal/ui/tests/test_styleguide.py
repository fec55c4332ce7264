from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.ui.styleguide.sections import SECTIONS
from portal.ui.templatetags.ui import register

SPECIMENS = Path(__file__).parents[1] / "templates" / "ui" / "styleguide" / "specimens"
SHOWN = {specimen.name for section in SECTIONS for specimen in section.specimens}

# These belong to the page around it, so the pages' own tests show them.
OF_THE_FRAME = {
    "looks_again",
    "main_navigation",
    "notice",
    "query_with",
    "role_name",
    "settings_navigation",
}


def test_it_is_there_for_those_who_build_pages(visitor, settings, platform):
    settings.DEBUG = True

    response = visitor.get("/styleguide/")

    assert response.status_code == 200
    for section in SECTIONS:
        assert f'id="{section.anchor}"' in response.content.decode()
    assert platform.calls == []


def test_and_for_nobody_else(visitor):
    assert visitor.get("/styleguide/").status_code == 404


def test_it_prints_the_very_template_that_it_renders(visitor, settings):
    settings.DEBUG = True

    source = visitor.get("/styleguide/").content.decode()

    assert "{% button &quot;Save&quot; variant=&quot;primary&quot; %}" in source
    assert "{% load" not in source


def test_no_specimen_is_left_out():
    assert {path.stem for path in SPECIMENS.glob("*.html")} == SHOWN


@pytest.mark.parametrize("tag", sorted(set(register.tags) - OF_THE_FRAME))
def test_every_component_is_shown(tag):
    sources = " ".join(path.read_text() for path in SPECIMENS.glob("*.html"))

    assert re.search(r"{% " + tag + r"\b", sources)
