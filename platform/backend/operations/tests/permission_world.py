"""A business in each state, with something of everything in it, and all who may come to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from backend.accounts.models import Person, Session
from backend.billing.models import Payment
from backend.billing.tests.cast import line, make_plans, make_seller
from backend.billing.workflows.credit_invoice import credit_invoice
from backend.billing.workflows.draft_invoice import draft_invoice
from backend.billing.workflows.issue_invoices import issue_invoices
from backend.billing.workflows.order_service import order_service
from backend.billing.workflows.refund_payment import begin_refund, confirm_refund
from backend.billing.workflows.take_payment import record_transfer
from backend.client_apps.models import AppKey, ClientApp, Kind
from backend.common.abilities import APP_SCOPES, CUSTOMERS_DELETE
from backend.common.actor import Actor
from backend.common.tests import examples
from backend.conftest import Api, new_key
from backend.operations.permissions import APP, NOBODY, OTHER_APP, ROLES, STATES, STRANGER
from backend.tenants.models import Member, Role, Tenant

PASSWORD: Final = "tavola-demo"
ADDRESS: Final = {"x-forwarded-for": "203.0.113.7"}
# Counted for every request, also for one that is refused.
OF_EVERY_REQUEST: Final = ("common_ratecounter",)


@dataclass(frozen=True)
class Answer:
    status: int
    code: str
    wrote: int

    @property
    def is_refusal(self) -> bool:
        """That the caller or the state is wrong, not what they sent."""
        return self.code in {
            "app-credentials-invalid", "not-signed-in", "tenant-not-found", "tenant-state",
            "forbidden", "portal-only-header",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.status} {self.code}".strip() + f", {self.wrote} rows written" * bool(
            self.wrote
        )


@dataclass
class House:
    """A business in one state; `ids` holds a row of its own for each name in an address."""

    tenant: Tenant
    app: Api
    ids: dict[str, str] = field(default_factory=dict)


class World:
    """`paths` are all addresses of the API, as OpenAPI writes them."""

    def __init__(self, paths: list[str]) -> None:
        self.numbers = count(1)
        portal = ClientApp.objects.create(kind=Kind.PORTAL, name="Portal")
        self.portal = Api(portal, new_key(portal), **ADDRESS)
        self.people = {
            name: Person.objects.create_user(
                f"{name.replace(' ', '-')}@world.test", PASSWORD, name=name.title(), verified=True
            )
            for name in (*ROLES, STRANGER)
        }
        make_seller()
        make_plans()
        self.tokens = {name: self._signed_in(person) for name, person in self.people.items()}
        self.houses = {state: self._open_house(state) for state in STATES}
        for state, house in self.houses.items():
            self._furnish(house, paths)
            self._bring_to(house, state)
        AppKey.objects.update(last_used_at=timezone.now())

    def _signed_in(self, person: Person) -> str:
        """Just now, with the password typed once more: nothing of the account is out of reach."""
        given = {"email": person.email, "password": PASSWORD}
        token: str = self.portal.post("auth/login/", given).json()["meta"]["session_token"]
        again = {"password": PASSWORD}
        self.portal.post("auth/reauthenticate/", again, x_session_token=token)
        return token

    def _open_house(self, slug: str) -> House:
        tenant = Tenant.objects.create(
            slug=slug, name=slug.title(), country="IT", currency="EUR", city="Bologna",
            legal_name="Aurora S.r.l.", street="Via Zamboni 1", postcode="40126",
        )  # fmt: skip
        tenant.provision(by=Actor.system())
        tenant.activate(by=Actor.system())
        for role in ROLES:
            Member.objects.create(tenant=tenant, person=self.people[role], role=role)
        app = ClientApp.objects.create(tenant=tenant, name="World", scopes=[])
        return House(tenant, Api(app, new_key(app), **ADDRESS))

    def _furnish(self, house: House, paths: list[str]) -> None:
        """Each `{name}` of an address gets a row, made by a POST to the list that it is in."""
        newcomer = Person.objects.create_user(
            f"newcomer@{house.tenant.slug}.test", name="Newcomer", verified=True
        )
        member = Member.objects.create(tenant=house.tenant, person=newcomer, role=Role.ACCOUNTANT)
        house.ids = {"slug": house.tenant.slug, "member_id": str(member.pk)}
        self._sell_to(house)
        owner = self.caller("owner", house, "")
        self._ask_for(owner, house)
        for path in sorted(paths):
            for found in re.finditer(r"\{(\w+)\}/", path):
                if found[1] not in house.ids and found[1] not in OF_THE_CALLER:
                    house.ids[found[1]] = self._made(owner, house, path[: found.start()])
        house.ids["notes_id"] = self._made(owner, house, "crm/customers/{customer_id}/notes/")
        house.ids["duplicate_id"] = self._made(owner, house, "crm/customers/")

    @staticmethod
    def _sell_to(house: House) -> None:
        """A plan in use, an invoice that is open, and one that was credited."""
        by = Actor.system()
        service, first = order_service(house.tenant, "house", "month", by=by)
        assert first
        record_transfer(house.tenant.pk, "EUR", first.due_minor, house.tenant.slug, by=by)
        credit_note = credit_invoice(first, by=by, reason="Goodwill")
        refund = begin_refund(
            Payment.objects.get(tenant=house.tenant), credit_note.total_minor, by=by, reason="So"
        )
        confirm_refund(refund, by=by)
        invoice = draft_invoice(house.tenant, [line(10000)])
        issue_invoices([invoice], by=by)
        house.ids |= {
            "service_id": str(service.pk),
            "invoice_id": str(invoice.pk),
            "credit_note_id": str(credit_note.pk),
        }

    def _ask_for(self, owner: Api, house: House) -> None:
        """A ticket, with a file that was sent along."""
        file = self._made(owner, house, "tickets/attachments/")
        asked = sample_body("POST", "tickets/") | {"attachments": [file]}
        ticket = str(owner.post("tickets/", asked).json()["id"])
        house.ids |= {"attachment_id": file, "ticket_id": ticket}

    def _made(self, api: Api, house: House, path: str) -> str:
        made = self.send(api, "POST", path, house.ids)
        assert made.status_code < 300, f"POST {path}: {made.content}"
        return str(made.json()["id"])

    def _bring_to(self, house: House, state: str) -> None:
        """Past what the transitions allow: a business that is furnished was active."""
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE tenants_tenant DISABLE TRIGGER USER")
            Tenant.objects.filter(pk=house.tenant.pk).update(state=state)
            cursor.execute("ALTER TABLE tenants_tenant ENABLE TRIGGER USER")

    def caller(self, who: str, house: House, ability: str, *further: str) -> Api:
        """Somebody at this business. An app gets its scopes for this very request."""
        if who in {APP, OTHER_APP}:
            others = APP_SCOPES - {ability}
            scopes = {ability, *further} if ability in APP_SCOPES and who == APP else others
            ClientApp.objects.filter(pk=house.app.app.pk).update(scopes=sorted(scopes))
            return house.app
        headers = {"x-tenant": house.tenant.slug, **ADDRESS}
        if who != NOBODY:
            headers["x-session-token"] = self.tokens[who]
        api = Api(self.portal.app, self.portal.key, **headers)
        # Building the middleware anew for each request would take longer than the request.
        api.client = self.portal.client
        return api

    def send(self, api: Api, method: str, path: str, ids: Mapping[str, str]) -> Any:
        address = path.format_map(ids)
        if (method, path) == ("POST", "crm/imports/"):
            file = SimpleUploadedFile("guests.csv", b"Name\nDora Klein\n", "text/csv")
            return api.client.post(f"/api/v1/{address}", {"file": file}, headers=api.headers)
        address += sample_query(method, path)
        body = None
        if method in {"POST", "PATCH", "PUT"}:
            body = self._as_ours(sample_body(method, path), ids)
        return api(method, address, body, if_match="*")

    def _as_ours(self, body: dict[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
        """With our owner, our rows, and nothing twice of what there may be only one."""
        ours = {"owner@aurora.test": self.people["owner"].email}
        if body.get("plan") == "house":
            ours["house"] = "extra-people"
        if "email" in body and body["email"] not in ours:
            ours[body["email"]] = f"guest{next(self.numbers)}@example.com"
        if "name" in body:
            ours[body["name"]] = f"{body['name']} {next(self.numbers)}"
        known = {name: ids[name] for name in body if name in ids}
        return {n: ours.get(v, v) if isinstance(v, str) else v for n, v in body.items()} | known

    def ask(self, who: str, state: str, method: str, path: str, ability: str) -> Answer:
        """Sends the request, and undoes whatever it did."""
        house = self.houses[state]
        with transaction.atomic():
            api = self.caller(who, house, ability, *TAKES_TOO.get(path, ()))
            own = {
                name: find(self, api, house, who)
                for name, find in OF_THE_CALLER.items()
                if f"{{{name}}}" in path
            }
            before = rows_written()
            response = self.send(api, method, path, house.ids | own)
            wrote = rows_written() - before
            transaction.set_rollback(True)
        is_problem = response.headers.get("Content-Type") == "application/problem+json"
        code = response.json()["code"] if is_problem else ""
        return Answer(response.status_code, code, wrote)


def rows_written() -> int:
    """How many rows this transaction has written so far, also in vain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) "
            "FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)",
            [list(OF_EVERY_REQUEST)],
        )
        return int(cursor.fetchone()[0])


@cache
def sample_body(method: str, path: str) -> dict[str, Any]:
    """What the contract's example sends: of those that succeed the one with the shortest name."""
    return dict(_sample(method, path).get("request") or {})


@cache
def sample_query(method: str, path: str) -> str:
    """What it asks for in its address, where nothing is answered without."""
    _, mark, query = _sample(method, path).get("operation", "").partition("?")
    return f"{mark}{query}"


def _sample(method: str, path: str) -> dict[str, Any]:
    for name in sorted(examples.names(""), key=lambda name: (len(name), name)):
        example = examples.read(name)
        succeeds = example["status"] < 300 or "flows" in example.get("response", {})
        if _nameless(example["operation"]) == _nameless(f"{method} {path}") and succeeds:
            return example
    return {}


def _nameless(operation: str) -> str:
    return re.sub(r"\{\w+\}", "{}", operation.partition("?")[0])


def _own_session(world: World, api: Api, house: House, who: str) -> str:
    person = world.people.get(who, world.people["owner"])
    return str(Session.objects.filter(person=person).earliest("created_at").pk)


def _own_note(world: World, api: Api, house: House, who: str) -> str:
    """Only who wrote it may delete it; where the caller can't write one, somebody's."""
    customer = house.ids["customer_id"]
    written = api.post(f"crm/customers/{customer}/notes/", {"body": "By the window."})
    return str(written.json()["id"] if written.status_code == 201 else house.ids["notes_id"])


# Scopes that this takes besides, when an app asks.
TAKES_TOO: Final = {"crm/customers/{customer_id}/notes/{note_id}/": (CUSTOMERS_DELETE,)}
# What belongs to whoever asks, and not to the business.
OF_THE_CALLER: Final[dict[str, Callable[[World, Api, House, str], str]]] = {
    "session_id": _own_session,
    "note_id": _own_note,
}
