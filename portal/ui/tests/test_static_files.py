from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import storage
from django.core.management import call_command

CSS = Path(__file__).parents[1] / "static" / "ui" / "css"


@pytest.fixture
def sheet(settings, tmp_path):
    """The stylesheet as production serves it."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        "staticfiles": {"BACKEND": "portal.ui.static_files.OneStylesheetStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    url = storage.staticfiles_storage.url("ui/css/ui.css")
    return (tmp_path / url.removeprefix("/static/")).read_text()


def test_it_is_one_file_with_every_part_in_its_layer(sheet):
    assert "@import" not in sheet
    for layer, name in (
        ("tokens", "tokens.css"),
        ("layout", "shell.css"),
        ("components", "components/button.css"),
        ("utilities", "utilities.css"),
    ):
        assert f"@layer {layer} {{\n{(CSS / name).read_text()}}}" in sheet


def test_layers_come_in_the_order_that_decides(sheet):
    source = (CSS / "ui.css").read_text()

    order = re.search(r"@layer ([\w, ]+);", source).group(1).split(", ")
    assert sheet.index("@layer reset, tokens") < sheet.index("@layer reset {")
    assert order == ["reset", "tokens", "base", "layout", "components", "utilities"]
    assert set(re.findall(r"layer\((\w+)\)", source)) == set(order)


def test_in_development_it_is_in_parts(settings):
    assert '@import url("components/button.css") layer(components);' in (CSS / "ui.css").read_text()
