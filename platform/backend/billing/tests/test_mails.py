"""Billing's mails: to those who look after the bills, in their language, once, with the PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from smtplib import SMTPServerDisconnected
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import DatabaseError, transaction
from django.db.models import Max
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from backend.accounts.models import Person
from backend.billing import jobs
from backend.billing.mails import letters
from backend.billing.models import (
    Document,
    Invoice,
    InvoiceLine,
    OverdueSuspension,
    Reminder,
    Seller,
)
from backend.billing.tests.cast import SYSTEM, issued, transfer
from backend.billing.workflows.credit_invoice import credit_invoice, void_invoice
from backend.billing.workflows.take_payment import announce_payment, fail_payment
from backend.common import files
from backend.common.tests.stores import local_store
from backend.conftest import House
from backend.operations.tests.test_tasks import run_worker, worker_app

__all__ = ["local_store", "worker_app"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seller", "local_store")]
TEMPLATES = Path(letters.__file__).parent.parent / "templates" / "billing" / "mail"


class Worker:
    """Runs the jobs that were queued since it began, as the worker would."""

    def __init__(self) -> None:
        # The jobs' table is not emptied after tests that commit.
        self.last = ProcrastinateJob.objects.aggregate(last=Max("id"))["last"] or 0

    def queued(self, *names: str) -> list[ProcrastinateJob]:
        found = ProcrastinateJob.objects.filter(id__gt=self.last).order_by("id")
        return list(found.filter(task_name__in=names) if names else found)

    def run(self, job: ProcrastinateJob) -> None:
        task = app.tasks[job.task_name]
        if task.pass_context:
            task(SimpleNamespace(job=SimpleNamespace(id=job.id)), **job.args)
        else:
            task(**job.args)

    def mails(self, *names: str) -> list[EmailMessage]:
        """The mails that the jobs of these names write, sent; those of all where none is given."""
        for job in self.queued(*names):
            if job.task_name.startswith("billing.ma"):
                self.run(job)
        mail.outbox.clear()
        for job in self.queued("common.send_mail"):
            self.run(job)
        self.last = ProcrastinateJob.objects.aggregate(last=Max("id"))["last"] or 0
        return list(mail.outbox)


@pytest.fixture
def worker(db: None) -> Worker:
    from backend.billing import tasks  # noqa: F401 - registers the jobs

    return Worker()


def speak(house: House, language: str) -> None:
    Person.objects.filter(memberships__tenant=house.tenant).update(language=language)


def issued_long_ago(house: House, *lines: InvoiceLine) -> Invoice:
    """Due for twenty days."""
    with time_machine.travel(timezone.now() - timedelta(days=34)):
        return issued(house, *lines)


def remind(invoice: Invoice, level: int) -> None:
    reminder = Reminder.objects.create(tenant_id=invoice.tenant_id, invoice=invoice, level=level)
    jobs.queue_all(jobs.MAIL_REMINDER, "reminder_id", [reminder.pk])


def suspend(house: House) -> OverdueSuspension:
    house.tenant.suspend(by=SYSTEM, reason="Not paid.")
    suspension = OverdueSuspension.objects.create(tenant=house.tenant, reason="Not paid.")
    jobs.queue_all(jobs.MAIL_SUSPENSION, "suspension_id", [suspension.pk])
    return suspension


def write_invoice(house: House) -> None:
    issued(house)


def write_credit_note(house: House) -> None:
    credit_invoice(issued(house), by=SYSTEM, reason="Ordered & returned")


def write_payment(house: House) -> None:
    issued(house)
    transfer(house, 15000)


def write_payment_failed(house: House) -> None:
    payment = announce_payment(house.tenant.pk, [issued(house)], "card", by=SYSTEM)
    fail_payment(payment, by=SYSTEM, failure="card-declined")


def write_reminder(house: House, level: int) -> None:
    remind(issued_long_ago(house), level)


def write_suspension(house: House) -> None:
    issued_long_ago(house)
    suspend(house)


def write_reactivation(house: House) -> None:
    invoice = issued_long_ago(house)
    suspend(house)
    transfer(house, invoice.total_minor)


WRITERS: dict[str, tuple[str, Callable[[House], None]]] = {
    "invoice": (jobs.MAIL_INVOICE, write_invoice),
    "credit_note": (jobs.MAIL_CREDIT_NOTE, write_credit_note),
    "payment": (jobs.MAIL_PAYMENT, write_payment),
    "payment_failed": (jobs.MAIL_PAYMENT_FAILED, write_payment_failed),
    "reminder_1": (jobs.MAIL_REMINDER, partial(write_reminder, level=1)),
    "reminder_2": (jobs.MAIL_REMINDER, partial(write_reminder, level=2)),
    "reminder_3": (jobs.MAIL_REMINDER, partial(write_reminder, level=3)),
    "suspension": (jobs.MAIL_SUSPENSION, write_suspension),
    "reactivation": (jobs.MAIL_REACTIVATION, write_reactivation),
}
SAID = {
    "invoice": {
        "en": ["has a new invoice, which is attached: 20", "Please pay €120.00 by", "AT61 1904"],
        "de": [
            "hat eine neue Rechnung, die beiliegt: 20",
            "zahlen Sie 120,00\xa0€ bis",
            "AT61 1904",
        ],
    },
    "credit_note": {
        "en": ["€120.00 of invoice 20", "Reason: Ordered & returned", "is attached"],
        "de": ["120,00\xa0€ der Rechnung 20", "Grund: Ordered & returned", "liegt bei"],
    },
    "payment": {
        "en": ["€150.00 came in", "by bank transfer", ": €120.00", "€30.00 of it is left"],
        "de": ["150,00\xa0€ von", "per Überweisung", ": 120,00\xa0€", "30,00\xa0€ davon bleiben"],
    },
    "payment_failed": {
        "en": [
            "of €120.00",
            "by card",
            "The bank declined the card",
            "It was for: 20",
            "/billing/pay/",
        ],
        "de": [
            "von 120,00\xa0€",
            "mit Karte",
            "hat die Karte abgelehnt",
            "Sie war für: 20",
            "/billing/pay/",
        ],
    },
    "reminder_1": {
        "en": ["perhaps it was overlooked", "€120.00 hasn’t come in", "Reference 20"],
        "de": [
            "vielleicht wurde sie übersehen",
            "120,00\xa0€ sind noch nicht",
            "Verwendungszweck 20",
        ],
    },
    "reminder_2": {
        "en": ["We have reminded you", "€120.00 is still open"],
        "de": ["Wir haben Sie daran erinnert", "120,00\xa0€ sind noch immer offen"],
    },
    "reminder_3": {
        "en": ["This is the last one", "is suspended: it can then"],
        "de": ["Dies ist die letzte", "gesperrt: Dann"],
    },
    "suspension": {
        "en": ["is now suspended", ": €120.00, due on", "/billing/pay/"],
        "de": ["ab jetzt gesperrt", ": 120,00\xa0€, fällig am", "/billing/pay/"],
    },
    "reactivation": {
        "en": ["can be worked with as before"],
        "de": ["kann wieder wie zuvor gearbeitet werden"],
    },
}
WITH_PDF = {"invoice", "credit_note", "reminder_1", "reminder_2", "reminder_3"}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", sorted(WRITERS))
def test_it_is_whole_and_goes_to_who_looks_after_the_bills(
    aurora: House, bluefin: House, worker: Worker, name: str, language: str
) -> None:
    aurora.tenant.name = "O’Aurora & Söhne"
    aurora.tenant.save()
    speak(aurora, language)
    job, write = WRITERS[name]
    write(aurora)

    mails = worker.mails(job)

    people = ["accountant@aurora.test", "owner@aurora.test"]
    assert sorted(address for message in mails for address in message.to) == people
    for message in mails:
        assert "\n" not in message.subject
        assert message.subject.strip() == message.subject != ""
        assert not message.body.startswith("\n")
        assert "{{" not in message.body
        assert "\n\n\n" not in message.body
        assert "O’Aurora & Söhne" in message.body
        assert message.extra_headers["Reply-To"] == "billing@tavola.test"
        assert "    http://localhost:8001/t/aurora/" in message.body
        for said in SAID[name][language]:
            assert said in message.body
        kinds = [kind for _, _, kind in message.attachments]
        assert kinds == (["application/pdf"] if name in WITH_PDF else [])


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ("card-declined", "nothing was charged"),
        ("payment-failed", "Nothing was charged"),
        ("not-received", "it didn’t come in"),
        ("returned", "Your bank has taken the money back"),
        ("do-not-honor", "didn’t go through.\n"),
    ],
)
def test_why_a_payment_failed(aurora: House, worker: Worker, failure: str, said: str) -> None:
    payment = announce_payment(aurora.tenant.pk, [issued(aurora)], "card", by=SYSTEM)
    fail_payment(payment, by=SYSTEM, failure=failure)
    assert said in worker.mails(jobs.MAIL_PAYMENT_FAILED)[0].body


def test_who_left_the_payment_page_isnt_told_so(aurora: House, worker: Worker) -> None:
    payment = announce_payment(aurora.tenant.pk, [issued(aurora)], "stripe", by=SYSTEM)
    fail_payment(payment, by=SYSTEM, failure="expired")
    assert worker.mails(jobs.MAIL_PAYMENT_FAILED) == []


def test_each_reads_it_in_their_own_language(aurora: House, worker: Worker) -> None:
    Person.objects.filter(email="accountant@aurora.test").update(language="de")
    issued(aurora)
    by_reader = {message.to[0]: message for message in worker.mails(jobs.MAIL_INVOICE)}
    assert "Guten Tag" in by_reader["accountant@aurora.test"].body
    assert "Hello" in by_reader["owner@aurora.test"].body


def test_who_has_left_gets_none(aurora: House, worker: Worker) -> None:
    aurora.members["accountant"].revoke(by=SYSTEM)
    Person.objects.filter(email="owner@aurora.test").update(is_active=False)
    issued(aurora)
    assert worker.mails(jobs.MAIL_INVOICE) == []


def test_the_attached_file_is_the_stored_document(
    aurora: House, worker: Worker, local_store: Path
) -> None:
    invoice = issued(aurora)
    message, _ = worker.mails(jobs.MAIL_INVOICE)
    document = Document.objects.get(invoice=invoice)
    ((filename, content, _),) = message.attachments
    assert filename == f"{invoice.number}.pdf"
    assert hashlib.sha256(content).hexdigest() == document.sha256
    assert content == (local_store / document.name).read_bytes()


def test_the_job_has_the_files_name_and_not_the_file(aurora: House, worker: Worker) -> None:
    issued(aurora)
    for job in worker.queued(jobs.MAIL_INVOICE):
        worker.run(job)
    for job in worker.queued("common.send_mail"):
        assert len(job.args["message"]) < 5000
        # Behind what people wait for.
        assert job.priority == -1


def test_without_a_place_for_files_nothing_is_said_of_one(
    aurora: House, worker: Worker, settings: Any
) -> None:
    settings.LOCAL_FILES = False
    issued(aurora)
    for message in worker.mails():
        assert message.attachments == []
        assert "attached" not in message.body
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_does_all_of_it(
    aurora: House, worker_app: Any, mailoutbox: list[EmailMessage]
) -> None:
    invoice = issued(aurora)
    run_worker(worker_app, queues=[jobs.QUEUE])
    assert Document.objects.get().invoice_id == invoice.pk
    run_worker(worker_app, queues=["mail"])
    assert [len(message.attachments) for message in mailoutbox] == [1, 1]
    assert not ProcrastinateJob.objects.filter(queue_name__in=["mail", jobs.QUEUE]).exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_not_mailed(aurora: House, worker: Worker) -> None:
    with transaction.atomic():
        issued(aurora)
        assert worker.queued(jobs.MAIL_INVOICE)
        transaction.set_rollback(True)
    assert worker.queued() == []
    assert worker.mails() == []


def test_a_job_that_is_run_again_writes_nothing_more(aurora: House, worker: Worker) -> None:
    issued(aurora)
    (job,) = worker.queued(jobs.MAIL_INVOICE)
    worker.run(job)
    worker.run(job)
    assert len(worker.queued("common.send_mail")) == 2


def test_sending_it_again_on_purpose_does(aurora: House, worker: Worker) -> None:
    invoice = issued(aurora)
    assert len(worker.mails(jobs.MAIL_INVOICE)) == 2
    jobs.queue_all(jobs.MAIL_INVOICE, "invoice_id", [invoice.pk])
    assert len(worker.mails(jobs.MAIL_INVOICE)) == 2


def test_a_mail_server_that_fails_neither_loses_nor_doubles(aurora: House, worker: Worker) -> None:
    issued(aurora)
    for job in worker.queued(jobs.MAIL_INVOICE):
        worker.run(job)
    first, second = worker.queued("common.send_mail")
    worker.run(first)
    with patch.object(EmailMessage, "send", side_effect=SMTPServerDisconnected):
        with pytest.raises(SMTPServerDisconnected):
            worker.run(second)
    # Each is a job of its own, and only the one that failed is tried again.
    assert app.tasks["common.send_mail"].retry_strategy.max_attempts == 5
    worker.run(second)
    assert len(mail.outbox) == 2
    assert {message.to[0] for message in mail.outbox} == {
        "accountant@aurora.test",
        "owner@aurora.test",
    }


def test_a_failure_half_way_queues_none_of_them(aurora: House, worker: Worker) -> None:
    issued(aurora)
    (job,) = worker.queued(jobs.MAIL_INVOICE)
    real = letters.send_mail_later

    def only_one(message: EmailMessage, **options: Any) -> None:
        if worker.queued("common.send_mail"):
            raise DatabaseError
        real(message, **options)

    with patch.object(letters, "send_mail_later", only_one):
        with pytest.raises(DatabaseError):
            worker.run(job)
    assert worker.queued("common.send_mail") == []
    worker.run(job)
    assert len(worker.queued("common.send_mail")) == 2


def test_a_store_that_is_away_is_waited_for(aurora: House, worker: Worker) -> None:
    issued(aurora)
    (job,) = worker.queued(jobs.MAIL_INVOICE)
    with patch.object(files, "put", side_effect=files.StoreFailed):
        with pytest.raises(files.StoreFailed):
            worker.run(job)
    assert worker.queued("common.send_mail") == []
    worker.run(job)
    assert len(worker.queued("common.send_mail")) == 2


def test_a_settled_invoice_asks_for_nothing(aurora: House, worker: Worker) -> None:
    transfer(aurora, 20000)
    issued(aurora)
    for message in worker.mails(jobs.MAIL_INVOICE):
        assert "There is nothing to pay" in message.body
        assert "IBAN" not in message.body


def test_a_partly_settled_one_asks_for_the_rest(aurora: House, worker: Worker) -> None:
    transfer(aurora, 2000)
    issued(aurora)
    for message in worker.mails(jobs.MAIL_INVOICE):
        assert "A part is settled already. Please pay €100.00 by" in message.body


def test_a_void_one_says_so(aurora: House, worker: Worker) -> None:
    void_invoice(issued(aurora), by=SYSTEM, reason="Wrong")
    for message in worker.mails(jobs.MAIL_INVOICE):
        assert "It was taken back; there is nothing to pay." in message.body


def test_who_paid_meanwhile_isnt_reminded(aurora: House, worker: Worker) -> None:
    invoice = issued_long_ago(aurora)
    remind(invoice, 1)
    transfer(aurora, invoice.total_minor)
    assert worker.mails(jobs.MAIL_REMINDER) == []


def test_who_is_back_meanwhile_isnt_told_of_the_suspension(aurora: House, worker: Worker) -> None:
    invoice = issued_long_ago(aurora)
    suspend(aurora)
    transfer(aurora, invoice.total_minor)
    mails = worker.mails(jobs.MAIL_SUSPENSION, jobs.MAIL_REACTIVATION)
    assert [message.subject for message in mails] == ["Trattoria Aurora is open again"] * 2


@pytest.mark.parametrize(
    ("level", "levels", "tone"),
    [(1, 3, 1), (2, 3, 2), (3, 3, 3), (2, 2, 3), (1, 1, 1), (2, 5, 2), (4, 5, 2), (5, 5, 3)],
)
def test_the_tone_rises(
    aurora: House, worker: Worker, seller: Seller, level: int, levels: int, tone: int
) -> None:
    Seller.objects.update(reminder_days=[3 * n + 3 for n in range(levels)])
    remind(issued_long_ago(aurora), level)
    subject = worker.mails(jobs.MAIL_REMINDER)[0].subject
    assert subject.startswith(("A reminder", "Another reminder", "Last reminder")[tone - 1])


def test_no_suspension_is_announced_where_there_is_none(
    aurora: House, worker: Worker, seller: Seller
) -> None:
    Seller.objects.update(suspension_days=None)
    remind(issued_long_ago(aurora), 3)
    assert "suspended" not in worker.mails(jobs.MAIL_REMINDER)[0].body


def test_the_languages_have_the_same_mails() -> None:
    for language in ("en", "de"):
        names = sorted(path.stem for path in (TEMPLATES / language).glob("*.txt"))
        assert names == sorted(WRITERS)
