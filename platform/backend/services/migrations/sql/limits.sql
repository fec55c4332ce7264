-- What a tenant's plan includes of each limit, its add-ons' added, and what a unit above it costs.
-- No row for what has no limit. Without a plan those of the default plan hold, if there is one.
-- The catalogue and not the service says how much is included, so that a plan can become better.
CREATE FUNCTION services_limits_of(given_tenant uuid)
RETURNS TABLE (name text, included bigint, overage_minor bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  WITH used AS (
    SELECT s.plan_id, s.is_addon, s.overage_minor
    FROM services_service s
    WHERE s.tenant_id = given_tenant AND s.state IN ('active', 'past_due')
  ), base AS (
    SELECT u.plan_id, u.overage_minor FROM used u WHERE NOT u.is_addon
    UNION ALL
    SELECT p.id, '{}'::jsonb FROM services_plan p
    WHERE p.is_default AND NOT EXISTS (SELECT FROM used u WHERE NOT u.is_addon)
  )
  SELECT
    own.name::text,
    own.value + COALESCE((
      SELECT sum(more.value) FROM used u
      JOIN services_planlimit more ON more.plan_id = u.plan_id AND more.name = own.name
      WHERE u.is_addon
    ), 0)::bigint,
    (base.overage_minor ->> own.name)::bigint
  FROM base JOIN services_planlimit own ON own.plan_id = base.plan_id;
END $$;
REVOKE ALL ON FUNCTION services_limits_of(uuid) FROM PUBLIC;

-- The same of the tenant whose scope is open: the catalogue's tables are closed to its role.
CREATE FUNCTION services_limits()
RETURNS TABLE (name text, included bigint, overage_minor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.name, l.included, l.overage_minor FROM services_limits_of(current_tenant_id()) l
$$;
