-- The day on which the seller is at an instant: what is due before it is overdue. Members may know that, and nothing else of the seller's row.
CREATE FUNCTION billing_seller_day(at timestamptz) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (at AT TIME ZONE time_zone)::date FROM billing_seller
$$;

-- The current tenant's issued invoices in which each word of the query stands: in the number, or in the text of a line. Runs as the owner,
-- because under a policy comparing texts isn't leakproof; so it filters by the tenant itself.
CREATE FUNCTION billing_search(query text) RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT i.id FROM billing_invoice AS i
  WHERE i.tenant_id = (SELECT current_tenant_id()) AND i.state <> 'draft'
    AND NOT EXISTS (
      SELECT FROM regexp_split_to_table(btrim(crm_fold(query)), '\s+') AS word
      WHERE strpos(crm_fold(i.number), word) = 0
        AND NOT EXISTS (
          SELECT FROM billing_invoiceline AS l
          WHERE l.tenant_id = i.tenant_id AND l.invoice_id = i.id AND strpos(crm_fold(l.description), word) > 0
        )
    )
$$;
