"""An owner takes everything along: asked for, watched, downloaded, whole."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from zipfile import ZipFile

import psycopg
from playwright.sync_api import expect

from tests.conftest import Visit, sign_in
from tests.running_pair import RunningPair

EXPORT = "/t/aurora/settings/export/"


def test_the_file_is_made_while_one_watches_and_arrives_whole(
    pair: RunningPair, visit: Visit, tmp_path: Path
) -> None:
    page = visit()
    sign_in(page, "owner@aurora.test")
    page.goto(EXPORT)
    page.get_by_role("button", name="Make an export").click()
    # Nobody touches the page: it looks again by itself.
    expect(page.get_by_role("heading", name="Your export is ready")).to_be_visible(timeout=60_000)
    shown = page.get_by_label("SHA-256 sum").input_value()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    expect(page.get_by_role("heading", name="Your download begins")).to_be_visible()
    assert download.value.suggested_filename.startswith("aurora-export-")
    file = tmp_path / "export.zip"
    download.value.save_as(file)

    assert hashlib.sha256(file.read_bytes()).hexdigest() == shown
    with ZipFile(file) as archive:
        archive.extractall(tmp_path)
    sums = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(sums, cwd=tmp_path, check=False).returncode == 0
    customers = (tmp_path / "tables" / "crm_customer.ndjson").read_text().split("\n")[:-1]
    with psycopg.connect(pair.database_url) as database:
        [(tenant, number)] = database.execute(
            "SELECT tenant_id::text, count(*) FROM crm_customer JOIN tenants_tenant AS t "
            "ON t.id = tenant_id WHERE t.slug = 'aurora' GROUP BY 1"
        ).fetchall()
    assert {json.loads(line)["tenant_id"] for line in customers} == {tenant}
    assert len(customers) == number


def test_without_scripts_it_is_made_and_downloaded_all_the_same(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    sign_in(page, "owner@bluefin.test")
    page.goto("/t/bluefin/settings/export/")
    page.get_by_role("button", name="Make an export").click()
    expect(page.get_by_role("heading", name="Your export is ready")).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    assert download.value.suggested_filename.startswith("bluefin-export-")
