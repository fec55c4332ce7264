"""The demo's open invitation."""

from __future__ import annotations

from backend.accounts.tests.conftest import Mailbox
from backend.common.actor import Actor
from backend.conftest import House
from backend.tenants import demo_people
from backend.tenants.models import Invitation


def test_somebody_is_invited_and_gets_no_mail(
    aurora: House, bluefin: House, mailbox: Mailbox
) -> None:
    said: list[str] = []

    for house in (aurora, bluefin, aurora):
        demo_people.load(house.tenant, said.append)

    invitation = Invitation.objects.get()
    assert (invitation.tenant, invitation.email) == (aurora.tenant, "sofia@aurora.test")
    assert invitation.invited_by == "Owner Trattoria Aurora"
    assert len(said) == 1
    assert mailbox.read() == []


def test_what_was_withdrawn_stays_so(aurora: House) -> None:
    demo_people.load(aurora.tenant, lambda text: None)
    Invitation.objects.get().withdraw(by=Actor.system())

    demo_people.load(aurora.tenant, lambda text: None)

    assert Invitation.objects.get().withdrawn_at is not None
