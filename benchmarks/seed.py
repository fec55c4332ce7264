"""Fills the benchmark's database, and prints as JSON what its callers need.

Runs as a script with the platform's settings: ``python benchmarks/seed.py TENANTS CUSTOMERS``.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.contrib.auth import (  # noqa: E402 - the settings come first
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.db import connection, transaction  # noqa: E402

from backend.accounts.models import Person  # noqa: E402
from backend.accounts.sessions import SessionStore  # noqa: E402
from backend.client_apps.models import ClientApp  # noqa: E402
from backend.common.abilities import APP_SCOPES  # noqa: E402
from backend.common.actor import Actor  # noqa: E402
from backend.common.tenancy import tenant_role  # noqa: E402
from backend.tenants.models import Member, Role, Tenant  # noqa: E402

CUSTOMERS = """
    INSERT INTO crm_customer
        (id, tenant_id, name, email, phone, company, language, address, created_at, updated_at)
    SELECT gen_random_uuid(), %s,
        (ARRAY['Maria','Luca','Anna','Paolo','Giulia','Marco','Sara','Elena'])[1 + i %% 8] || ' ' ||
        (ARRAY['Rossi','Bianchi','Ferrari','Russo','Romano','Gallo'])[1 + i %% 6] || ' ' || i,
        'guest' || i || '@example.com', '+39 055 ' || lpad(i::text, 7, '0'), '', 'it', '',
        now() - i * interval '7 minutes', now()
    FROM generate_series(1, %s) i
"""
TAGS = """
    INSERT INTO crm_tag (id, tenant_id, name, created_at, updated_at)
    SELECT gen_random_uuid(), %s, name, now(), now()
    FROM unnest(ARRAY['VIP', 'Regular', 'Allergy']) name
"""
CARRIED = """
    INSERT INTO crm_customertag (id, tenant_id, customer_id, tag_id, created_at, updated_at)
    SELECT gen_random_uuid(), c.tenant_id, c.id, t.id, now(), now()
    FROM crm_customer c JOIN crm_tag t USING (tenant_id)
    WHERE c.tenant_id = %s AND abs(hashtext(c.id::text || t.id::text)) %% 3 = 0
"""


def session_token(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@transaction.atomic
def seed(tenants: int, customers: int) -> dict[str, str]:
    person = Person.objects.create_user("bench@bench.test", None, name="Bench")
    for number in range(tenants):
        tenant = Tenant.objects.create(
            slug=f"bench-{number}",
            name=f"Bench {number}",
            country="IT",
            currency="EUR",
        )
        tenant.provision(by=Actor.system())
        tenant.activate(by=Actor.system())
        with connection.cursor() as cursor:
            cursor.execute(CUSTOMERS, [tenant.id, customers])
            cursor.execute(TAGS, [tenant.id])
            cursor.execute(CARRIED, [tenant.id])
    Member.objects.create(tenant=tenant, person=person, role=Role.OWNER)
    app = ClientApp.objects.create(tenant=tenant, name="Bench", scopes=sorted(APP_SCOPES))
    return {
        "app_id": str(app.id),
        "key": app.issue_key(by=Actor.system()).text,
        "token": session_token(person),
        "slug": tenant.slug,
        "tenant_role": tenant_role(),
    }


if __name__ == "__main__":
    found = seed(*map(int, sys.argv[1:]))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    json.dump(found, sys.stdout)
