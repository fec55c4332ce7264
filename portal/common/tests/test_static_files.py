from __future__ import annotations

import re

from django.contrib.staticfiles import storage
from django.core.management import call_command

HASHED = re.compile(r"\.[0-9a-f]{12}\.")


def test_every_file_gets_a_hashed_name_and_every_reference_is_to_one(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {"staticfiles": {"BACKEND": "portal.ui.static_files.OneStylesheetStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)

    sheet = storage.staticfiles_storage.url("ui/css/ui.css")
    assert HASHED.search(sheet)
    text = (tmp_path / sheet.removeprefix("/static/")).read_text()
    references = re.findall(r'url\("?([^")]+)"?\)', text)
    assert [each for each in references if not HASHED.search(each)] == []
    assert (tmp_path / (sheet.removeprefix("/static/") + ".br")).exists()
