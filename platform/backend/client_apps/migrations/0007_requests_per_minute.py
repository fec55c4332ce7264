from importlib import import_module

from django.db import migrations

before = import_module("backend.client_apps.migrations.0003_identify_caller")

# As before, and how many requests a minute the tenant's plan includes: null for as many as it
# likes, and for the portal, whose visitors aren't an app of the tenant's.
IDENTIFY_CALLER = """
DROP FUNCTION identify_caller(uuid, text, text, text, boolean);
CREATE FUNCTION identify_caller(
    given_app uuid, given_key text, given_session text, given_tenant text, with_tenants boolean
) RETURNS TABLE (
    app_name text, app_kind text, app_scopes text[], key_id uuid, key_last_used_at timestamptz,
    session_id uuid, session_auth_hash text, session_last_seen_at timestamptz,
    person_id uuid, person_email text, person_name text, person_language text,
    person_password text,
    tenant_id uuid, tenant_slug text, tenant_name text, tenant_country text, tenant_currency text,
    tenant_time_zone text, tenant_language text, tenant_state text,
    member_id uuid, member_role text, tenants json, requests_per_minute bigint
)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT
        app.name::text, app.kind::text, app.scopes::text[], key.id, key.last_used_at,
        visit.id, visit.auth_hash::text, visit.last_seen_at,
        person.id, person.email::text, person.name::text, person.language::text,
        person.password::text,
        tenant.id, tenant.slug::text, tenant.name::text, tenant.country::text,
        tenant.currency::text, tenant.time_zone::text, tenant.language::text, tenant.state::text,
        member.id, member.role::text,
        CASE WHEN with_tenants AND person.id IS NOT NULL THEN (
            SELECT json_agg(json_build_object('slug', mine.slug, 'name', mine.name))
            FROM (
                SELECT t.slug, t.name
                FROM tenants_member m
                JOIN tenants_tenant t ON t.id = m.tenant_id
                WHERE m.person_id = person.id AND m.revoked_at IS NULL
                ORDER BY lower(t.name), t.id
                LIMIT 20
            ) mine
        ) END,
        CASE WHEN app.kind = 'tenant' THEN (
            SELECT plan.included FROM services_limits_of(app.tenant_id) plan
            WHERE plan.name = 'api_requests_per_minute'
        ) END
    FROM client_apps_appkey key
    JOIN client_apps_clientapp app ON app.id = key.app_id AND app.revoked_at IS NULL
    LEFT JOIN accounts_session visit
        ON app.kind = 'portal' AND visit.digest = given_session AND visit.surface = 'portal'
        AND visit.expire_date > now()
    LEFT JOIN accounts_person person ON person.id = visit.person_id AND person.is_active
    LEFT JOIN tenants_tenant tenant ON tenant.id = CASE app.kind
        WHEN 'portal' THEN (SELECT t.id FROM tenants_tenant t WHERE t.slug = given_tenant)
        ELSE app.tenant_id END
    LEFT JOIN tenants_member member
        ON member.tenant_id = tenant.id AND member.person_id = person.id
        AND member.revoked_at IS NULL
    WHERE key.digest = given_key AND key.app_id = given_app AND key.revoked_at IS NULL
        AND (key.expires_at IS NULL OR key.expires_at > now());
END $$;
REVOKE ALL ON FUNCTION identify_caller(uuid, text, text, text, boolean) FROM PUBLIC;
"""
AS_BEFORE = (
    "DROP FUNCTION identify_caller(uuid, text, text, text, boolean);" + before.IDENTIFY_CALLER
)


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0003_limits"),
        ("client_apps", "0006_tenants_manage_their_apps"),
    ]

    operations = [migrations.RunSQL(IDENTIFY_CALLER, AS_BEFORE)]
