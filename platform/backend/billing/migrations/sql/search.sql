-- The day on which the seller is at an instant: what is due before it is overdue. Members may know that, and nothing else of the seller's row.
CREATE FUNCTION billing_seller_day(at timestamptz) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (at AT TIME ZONE time_zone)::date FROM billing_seller
$$;

-- The current tenant's issued invoices in which each word of the query stands: in the number, or in the text of a line. Runs as the owner,
-- because under a policy comparing texts isn't leakproof; so it filters by the tenant itself. Each invoice is folded once, and most without
-- the call that makes it slow: a tenant has hundreds of invoices, which isn't worth an index.
CREATE FUNCTION billing_search(query text) RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH words AS MATERIALIZED (
    SELECT word FROM regexp_split_to_table(btrim(crm_fold(query)), '\s+') AS word
  ), texts AS MATERIALIZED (
    SELECT i.id, i.number || E'\n' || string_agg(l.description, E'\n') AS text
    FROM billing_invoice AS i
    JOIN billing_invoiceline AS l ON l.tenant_id = i.tenant_id AND l.invoice_id = i.id
    WHERE i.tenant_id = (SELECT current_tenant_id()) AND i.state <> 'draft'
    GROUP BY i.id
  ), folded AS MATERIALIZED (
    SELECT t.id, CASE
        WHEN octet_length(t.text) = char_length(t.text) THEN lower(t.text COLLATE "C")
        ELSE crm_fold(t.text)
      END AS text
    FROM texts AS t
  )
  SELECT f.id FROM folded AS f WHERE NOT EXISTS (SELECT FROM words AS w WHERE strpos(f.text, w.word) = 0)
$$;
