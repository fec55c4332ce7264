"""The plan's limits where something is added: what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.accounts.models import Person
from backend.client_apps.models import ClientApp
from backend.common.abilities import APP_SCOPES
from backend.conftest import Api, House, new_key
from backend.crm.models import Customer
from backend.crm.tests.conftest import upload
from backend.services.tests.conftest import make_plan, subscribe
from backend.tenants.models import Invitation, Member, Role
from backend.tenants.tests.test_members import as_member

pytestmark = pytest.mark.django_db

Limited = Callable[..., Any]
Visit = Callable[..., Api]


@pytest.fixture
def owner(aurora: House, visit: Visit) -> Api:
    return visit(aurora.person("owner"), aurora.tenant)


def assert_reached(response: Any, limit: str, *, included: int, used: int) -> None:
    body = response.json()
    assert (response.status_code, body["code"]) == (409, "limit-reached"), body
    assert (body["limit"], body["included"], body["used"]) == (limit, included, used)


def invited(house: House, email: str) -> tuple[Invitation, str]:
    by = as_member(house, "owner")
    return Invitation.make(house.tenant.pk, email=email, role=Role.WAITER, by=by)


class TestMembers:
    def test_an_invitation_takes_the_last_place(self, owner: Api, limited: Limited) -> None:
        limited(members=5)
        body = {"email": "new@example.com", "role": "waiter"}
        assert owner.post("invitations/", body).status_code == 201

        refused = owner.post("invitations/", body | {"email": "late@example.com"})

        assert_reached(refused, "members", included=5, used=5)
        assert [each.email for each in Invitation.objects.all()] == ["new@example.com"]
        assert len(mail.outbox) == 0

    def test_who_leaves_makes_room(self, aurora: House, owner: Api, limited: Limited) -> None:
        limited(members=4)
        body = {"email": "new@example.com", "role": "waiter"}
        assert_reached(owner.post("invitations/", body), "members", included=4, used=4)
        assert owner.delete(f"members/{aurora.members['waiter'].pk}/").status_code == 204

        assert owner.post("invitations/", body).status_code == 201

    def test_who_keeps_a_place_is_sent_the_link_again(
        self, aurora: House, owner: Api, limited: Limited
    ) -> None:
        invitation, _ = invited(aurora, "new@example.com")
        limited(members=5)

        assert owner.post(f"invitations/{invitation.pk}/mails/").status_code == 200

    def test_an_expired_invitation_needs_a_place_again(
        self, aurora: House, owner: Api, limited: Limited
    ) -> None:
        invitation, _ = invited(aurora, "new@example.com")
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        limited(members=4)
        before = Invitation.objects.values().get()

        refused = owner.post(f"invitations/{invitation.pk}/mails/")

        assert_reached(refused, "members", included=4, used=4)
        assert Invitation.objects.values().get() == before

    def test_an_invitation_has_kept_its_place(
        self, aurora: House, visit: Visit, limited: Limited
    ) -> None:
        _, token = invited(aurora, "new@example.com")
        limited(members=5)
        api = visit(Person.objects.create(email="new@example.com", name="New"))

        assert api.post("invitations/acceptance/", {"token": token}).status_code == 201

    def test_with_fewer_places_nobody_comes_in(
        self, aurora: House, visit: Visit, limited: Limited
    ) -> None:
        _, token = invited(aurora, "new@example.com")
        limited(members=4)
        person = Person.objects.create(email="new@example.com", name="New")

        refused = visit(person).post("invitations/acceptance/", {"token": token})

        assert_reached(refused, "members", included=4, used=5)
        assert not Member.objects.filter(person=person).exists()
        assert Invitation.objects.open().exists()

    def test_staff_are_told_too(
        self, aurora: House, staff: Callable[..., Client], limited: Limited
    ) -> None:
        service = limited(members=4)
        person = Person.objects.create(email="new@example.com")
        body = {"tenant": aurora.tenant.pk, "person": person.pk, "role": "waiter"}

        page = staff().post("/admin/tenants/member/add/", body)

        assert "The plan&#x27;s limit is reached" in page.content.decode()
        assert not Member.objects.filter(person=person).exists()
        service.plan.limits.update(value=5)
        assert staff().post("/admin/tenants/member/add/", body).status_code == 302
        assert Member.objects.filter(person=person).exists()


class TestClientApps:
    def test_the_last_place_is_one(self, owner: Api, limited: Limited) -> None:
        limited(client_apps=2)
        assert (
            owner.post("client-apps/", {"name": "B", "scopes": ["tenant.read"]}).status_code == 201
        )

        refused = owner.post("client-apps/", {"name": "C", "scopes": ["tenant.read"]})

        assert_reached(refused, "client_apps", included=2, used=2)
        assert sorted(ClientApp.objects.values_list("name", flat=True)) == ["B", "Portal", "Till"]

    def test_staff_are_told_too(
        self, aurora: House, staff: Callable[..., Client], limited: Limited
    ) -> None:
        limited(client_apps=1)

        page = staff().post(
            "/admin/client_apps/clientapp/add/",
            {"tenant": aurora.tenant.pk, "name": "B", "scopes": [], "lifetime": "90"},
        )

        assert "The plan&#x27;s limit is reached" in page.content.decode()
        assert ClientApp.objects.count() == 1


class TestCustomers:
    def test_the_last_place_is_one(self, aurora: House, limited: Limited) -> None:
        limited(customers=1)
        assert aurora.app.post("crm/customers/", {"name": "Ada"}).status_code == 201

        refused = aurora.app.post("crm/customers/", {"name": "Grace"})

        assert_reached(refused, "customers", included=1, used=1)
        assert [each.name for each in Customer.objects.all()] == ["Ada"]

    def test_what_has_a_price_is_let_through(self, aurora: House) -> None:
        subscribe(aurora, make_plan("house", customers=0), customers=2)

        assert aurora.app.post("crm/customers/", {"name": "Ada"}).status_code == 201

    def test_another_tenants_plan_says_nothing(
        self, aurora: House, bluefin: House, limited: Limited
    ) -> None:
        limited(customers=0)

        assert bluefin.app.post("crm/customers/", {"name": "Ada"}).status_code == 201

    def test_a_file_adds_as_many_as_there_is_room_for(
        self, aurora: House, limited: Limited
    ) -> None:
        known = Customer.add(aurora.tenant.pk, {"name": "Ada", "email": "ada@example.com"})
        limited(customers=2)
        rows = ("Ada,ada@example.com,London", "Grace,grace@example.com,", "Joan,joan@example.com,")

        response = upload(aurora.app, "\n".join(("name,email,company", *rows)))

        assert response.status_code == 201, response.content
        assert [response.json()[name] for name in ("created", "updated", "failed")] == [1, 1, 1]
        report = aurora.app.get(f"crm/imports/{response.json()['id']}/").json()["rows"]
        (failed,) = [line for line in report if line["outcome"] == "failed"]
        assert failed["name"] == "Joan"
        assert failed["errors"] == [
            {
                "field": "",
                "code": "limit-reached",
                "detail": "Your plan includes at most 2 customers.",
            }
        ]
        assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ada", "Grace"]
        known.refresh_from_db()
        assert known.company == "London"

    def test_a_file_that_only_changes_needs_no_room(self, aurora: House, limited: Limited) -> None:
        for name in ("Ada", "Grace"):
            Customer.add(aurora.tenant.pk, {"name": name, "email": f"{name.lower()}@example.com"})
        limited(customers=1)

        response = upload(aurora.app, "email,company\nada@example.com,London\n")

        assert response.json()["updated"] == 1


class TestRequests:
    def test_all_apps_of_the_tenant_share_what_the_plan_includes(
        self, aurora: House, bluefin: House, limited: Limited
    ) -> None:
        app = ClientApp.objects.create(
            tenant=aurora.tenant, name="Bookings", scopes=sorted(APP_SCOPES)
        )
        other = Api(app, new_key(app))
        limited(api_requests_per_minute=3)

        first = aurora.app.get("tenant/")
        statuses = [api.get("tenant/").status_code for api in (other, aurora.app)]
        refused = other.get("tenant/")

        assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("3", "2")
        assert statuses == [200, 200]
        assert refused.status_code == 429
        assert refused.json()["code"] == "rate-limited"
        assert 0 < int(refused["Retry-After"]) <= 60
        assert bluefin.app.get("tenant/").status_code == 200

    def test_the_portal_is_no_app_of_the_tenants(self, owner: Api, limited: Limited) -> None:
        limited(api_requests_per_minute=0)

        assert owner.get("tenant/").status_code == 200

    def test_the_tighter_one_holds(self, aurora: House, limited: Limited, settings: Any) -> None:
        limited(api_requests_per_minute=100)
        read = settings.RATE_CLASSES["read"].__class__(1, 60)
        settings.RATE_CLASSES = settings.RATE_CLASSES | {"read": read}

        assert aurora.app.get("tenant/")["RateLimit-Limit"] == "1"
        assert aurora.app.get("tenant/").status_code == 429

    def test_it_costs_no_round_trip(self, aurora: House, limited: Limited) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                assert aurora.app.get("tenant/").status_code == 200
            return len(found)

        aurora.app.get("tenant/")
        without = queries()
        limited(api_requests_per_minute=100)

        assert queries() == without
