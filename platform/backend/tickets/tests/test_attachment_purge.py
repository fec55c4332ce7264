"""What was announced and never sent is deleted after a day, with its file, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.common import files
from backend.common.leader import PURGE_OF_ATTACHMENTS, AnotherRuns, leadership
from backend.common.tests.stores import local_store
from backend.conftest import House
from backend.tickets.models import Attachment
from backend.tickets.tasks.attachments import purge
from backend.tickets.tests.attachments import announced, attached, looked_at, stored, uploaded
from backend.tickets.tests.cast import a_ticket
from backend.tickets.workflows import purge_attachments as workflow
from backend.tickets.workflows.purge_attachments import purge_attachments

__all__ = ["local_store"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(local_store: Path) -> None:
    """Each test has a disk of its own."""


def ago(hours: float, make: Callable[[House], Attachment], house: House) -> Attachment:
    with time_machine.travel(timezone.now() - timedelta(hours=hours)):
        return make(house)


def test_what_was_never_sent_is_deleted_with_its_file(aurora: House, bluefin: House) -> None:
    ticket = a_ticket(aurora)
    sent = ago(48, lambda house: attached(ticket, house), aurora)
    looked_at(sent)
    waiting = [ago(hours, uploaded, aurora) for hours in (0, 23, 24.2)]
    over = [ago(24.3, uploaded, aurora), ago(48, uploaded, bluefin)]
    ago(25, lambda house: announced(house)[0], bluefin)
    assert purge_attachments() == 3
    assert set(Attachment.objects.all()) == {sent, *waiting}
    kept = {sent.stored_as, sent.uploaded_as, *(each.uploaded_as for each in waiting)}
    assert set(stored()) == kept
    assert not kept & {each.uploaded_as for each in over}
    assert purge_attachments() == 0


def test_many_are_deleted_in_batches(
    aurora: House,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for _ in range(5):
        ago(25, lambda house: announced(house)[0], aurora)
    monkeypatch.setattr(workflow, "BATCH", 2)
    with django_assert_num_queries(4 + 3):
        assert purge_attachments() == 5


def test_a_store_that_fails_loses_no_file_out_of_sight(
    aurora: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (ago(hours, uploaded, aurora) for hours in (27, 26))
    plain = files.delete

    def flaky(name: str) -> None:
        if name == second.uploaded_as:
            raise files.StoreFailed("away")
        plain(name)

    with monkeypatch.context() as patch:
        patch.setattr(files, "delete", flaky)
        with pytest.raises(CommandError, match="The store failed, the next run goes on: away"):
            call_command("purge_attachments")
    assert Attachment.objects.count() == 2
    assert stored() == [second.uploaded_as]
    assert purge_attachments() == 2
    assert stored() == []
    assert not Attachment.objects.filter(pk=first.pk).exists()


def test_there_is_one_leader(aurora: House) -> None:
    ago(25, uploaded, aurora)
    with leadership(PURGE_OF_ATTACHMENTS):
        with pytest.raises(AnotherRuns):
            purge_attachments()
        call_command("purge_attachments", stdout=(out := StringIO()))
        assert "Another process is at it already" in out.getvalue()
        purge(0)
    assert Attachment.objects.count() == 1
    call_command("purge_attachments", stdout=(out := StringIO()))
    assert out.getvalue() == "Deleted: 1\n"
    assert stored() == []


def test_the_job_does_it(aurora: House) -> None:
    ago(25, uploaded, aurora)
    purge(0)
    assert not Attachment.objects.exists()
