from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from backend.audit.recording import About, record
from backend.common.actor import Actor
from backend.crm.csv_files import Sheet
from backend.crm.import_lines import Line, read_lines
from backend.crm.models import Customer, CustomerImport, CustomerTag, Tag
from backend.crm.models.customer import LONGEST_SORT_NAME, WRITABLE_FIELDS
from backend.crm.models.folding import folded
from backend.crm.models.tag import MOST_TAGS, MOST_TAGS_EACH
from backend.services import limits
from backend.services.models import LimitName

_BATCH: Final = 1000


def import_customers(tenant_id: UUID, sheet: Sheet, *, filename: str, by: Actor) -> CustomerImport:
    """Adds and updates customers from a file. Each row succeeds or fails for itself.

    A row means the customer with its email address; where several share the address, in the file
    or among the customers, the one of the same name. A row without an address means the customer
    without one who has its name and phone. It replaces what it gives, adds its tags, and never
    empties anything; the same file twice changes nothing. Nobody is added beyond the plan's limit.
    """
    # One import at a time for each tenant: two at once would both add whom they both miss.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('crm.import'), hashtext(%s))", [str(tenant_id)]
        )
    lines = read_lines(sheet.rows)
    plain = folded(
        [line.name for line in lines if line.name] + [tag for line in lines for tag in line.tags]
    )
    for line in lines:
        line.sort_name = plain.get(line.name, "")[:LONGEST_SORT_NAME]
    _find_customers(tenant_id, [line for line in lines if not line.errors])
    sound = [line for line in lines if not line.errors]
    present = _present_tags([line.customer for line in sound if line.customer])
    _limit_tags(tenant_id, sound, plain, present)
    _limit_additions(tenant_id, [line for line in sound if not line.errors])
    _write(tenant_id, [line for line in sound if not line.errors], plain, present)
    outcomes = Counter(line.report()["outcome"] for line in lines)
    done: CustomerImport = CustomerImport.objects.create(
        tenant_id=tenant_id,
        filename=filename,
        **{outcome: outcomes[outcome] for outcome in ("created", "updated", "skipped", "failed")},
        ignored_columns=sheet.ignored_columns,
        report=[line.report() for line in lines],
        by_id=by.member_id,
        by_name=by.name,
    )
    record(
        "customers.imported",
        tenant_id=tenant_id,
        by=by,
        about=About("import", done.pk, filename),
        data={outcome: outcomes[outcome] for outcome in ("created", "updated", "failed")},
    )
    return done


def _find_customers(tenant_id: UUID, lines: Sequence[Line]) -> None:
    """Settles which customer each line means; None is one to be added."""
    by_email, by_name = _candidates(tenant_id, lines)
    sharing = Counter(line.email for line in lines)
    taken: dict[Any, int] = {}
    for line in lines:
        name, email, phone = line.sort_name, line.email, line.values.get("phone", "")
        found = by_email[email] if email else by_name[name, phone]
        # Namesakes first; one customer who alone has the address may be given another name.
        meant = [customer for customer in found if customer.sort_name == name] or (
            found if sharing[email] == 1 or not name else []
        )
        whom = meant[0].pk if meant else (email, name, "" if email else phone)
        if len(meant) > 1:
            line.fail(
                "email" if email else "name",
                "ambiguous",
                _("Several customers match this row. Change the right one by hand."),
            )
        elif not meant and not name:
            line.fail("name", "required", _("A new customer needs a name."))
        elif whom in taken:
            line.fail("", "duplicate", _("Line %d says this already.") % taken[whom])
        else:
            taken[whom] = line.row.line
            line.customer = meant[0] if meant else None


def _candidates(
    tenant_id: UUID, lines: Sequence[Line]
) -> tuple[dict[str, list[Customer]], dict[tuple[str, str], list[Customer]]]:
    """Customers that may be meant, by email and by name and phone; locked, in one order."""
    emails = {line.email for line in lines} - {""}
    names = {line.sort_name for line in lines if not line.email} - {""}
    rows = (
        Customer.objects.for_tenant(tenant_id)
        .present()
        .filter(Q(email__in=emails) | Q(email="", sort_name__in=names))
        .order_by("pk")
        .select_for_update()
    )
    by_email: dict[str, list[Customer]] = defaultdict(list)
    by_name: dict[tuple[str, str], list[Customer]] = defaultdict(list)
    for customer in rows:
        if customer.email:
            by_email[customer.email].append(customer)
        else:
            by_name[customer.sort_name, customer.phone].append(customer)
    return by_email, by_name


def _present_tags(customers: Sequence[Customer]) -> dict[UUID, set[str]]:
    """The folded names of the tags that each customer carries."""
    carried: dict[UUID, set[str]] = defaultdict(set)
    if customers:
        links = CustomerTag.objects.for_tenant(customers[0].tenant_id).filter(
            customer_id__in=[customer.pk for customer in customers]
        )
        for customer_id, key in links.values_list("customer_id", "tag__key"):
            carried[customer_id].add(key)
    return carried


def _limit_tags(
    tenant_id: UUID,
    lines: Sequence[Line],
    plain: Mapping[str, str],
    present: Mapping[UUID, set[str]],
) -> None:
    if not any(line.tags for line in lines):
        return
    known = set(Tag.objects.for_tenant(tenant_id).in_use().values_list("key", flat=True))
    for line in lines:
        keys = {plain[tag] for tag in line.tags}
        carried = present.get(line.customer.pk, set()) if line.customer else set()
        if len(keys | carried) > MOST_TAGS_EACH:
            line.fail("tags", "max-length", _("A customer has at most %d tags.") % MOST_TAGS_EACH)
        elif len(keys | known) > MOST_TAGS:
            line.fail(
                "tags", "tag-limit-reached", _("There are at most %d different tags.") % MOST_TAGS
            )
        else:
            known |= keys


def _limit_additions(tenant_id: UUID, lines: Sequence[Line]) -> None:
    added = [line for line in lines if line.customer is None]
    room = limits.room(tenant_id, LimitName.CUSTOMERS) if added else None
    if room:
        for line in added[room.left :]:
            line.fail(
                "", "limit-reached", _("Your plan includes at most %d customers.") % room.included
            )


def _write(
    tenant_id: UUID,
    lines: Sequence[Line],
    plain: Mapping[str, str],
    present: Mapping[UUID, set[str]],
) -> None:
    added, changed, links = [], [], []
    tags = {tag.key: tag for tag in Tag.named(tenant_id, _distinct_tags(lines, plain))}
    for line in lines:
        if line.customer is None:
            line.customer = Customer(tenant_id=tenant_id, **line.values)
            line.outcome = "created"
            added.append(line.customer)
            missing = {plain[tag] for tag in line.tags}
        else:
            missing = {plain[tag] for tag in line.tags} - present.get(line.customer.pk, set())
            differs = line.customer.assign(line.values)
            line.outcome = "updated" if differs or missing else "skipped"
            if differs:
                changed.append(line.customer)
        links += [
            CustomerTag(tenant_id=tenant_id, customer_id=line.customer.pk, tag_id=tags[key].pk)
            for key in sorted(missing)
        ]
    Customer.objects.bulk_create(added, batch_size=_BATCH)
    # Updates thousands of rows at once; `bulk_update` takes seconds over its CASE expressions.
    Customer.objects.bulk_create(
        changed,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*WRITABLE_FIELDS, "updated_at"],
    )
    CustomerTag.objects.bulk_create(links, batch_size=_BATCH, ignore_conflicts=True)


def _distinct_tags(lines: Sequence[Line], plain: Mapping[str, str]) -> list[str]:
    """Each tag once, as the first line to name it spells it."""
    spelt: dict[str, Any] = {}
    for line in lines:
        for tag in line.tags:
            spelt.setdefault(plain[tag], tag)
    return list(spelt.values())
