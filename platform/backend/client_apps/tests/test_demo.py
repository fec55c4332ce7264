from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.audit.models import AuditEvent
from backend.client_apps import demo
from backend.client_apps.models import ClientApp
from backend.client_apps.tests.conftest import contents
from backend.common.actor import Actor
from backend.tenants.models import Member, Role, Tenant


@pytest.fixture
def tenant(db):
    return Tenant.objects.create(slug="corner", name="Corner Café", country="GB", currency="GBP")


def test_a_till_is_used_and_a_websites_key_ends_soon(tenant):
    said = []

    demo.load(tenant, said.append)

    assert said == ["  2 apps of Corner Café"]
    till, website = ClientApp.objects.for_tenant(tenant.id)
    assert (till.name, till.keys.get().expires_at) == ("Till", None)
    assert timezone.now() - till.keys.get().last_used_at < timedelta(minutes=1)
    assert (website.name, website.keys.get().last_used_at) == ("Website", None)
    left = website.keys.get().expires_at - timezone.now()
    assert timedelta(days=8) < left < timedelta(days=14)


def test_what_was_revoked_stays_so(tenant, aurora):
    demo.load(tenant, list)
    for app in ClientApp.objects.for_tenant(tenant.id):
        app.revoke(by=Actor.system())
    before = contents(aurora), ClientApp.objects.filter(tenant=tenant).count()

    demo.load(tenant, list)
    demo.load(aurora.tenant, list)

    assert (contents(aurora), ClientApp.objects.filter(tenant=tenant).count()) == before


def test_the_owner_stands_in_the_trail(tenant, aurora):
    person = aurora.person("owner")
    Member.objects.create(tenant=tenant, person=person, role=Role.OWNER)

    demo.load(tenant, list)

    events = AuditEvent.objects.for_tenant(tenant.id).filter(action="client-app.created")
    assert {(event.by_name, event.by_id) for event in events} == {(person.name, person.pk)}
