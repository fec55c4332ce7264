-- Keeps the terms, and with them the sort keys of links. Set-wise, so that an import of thousands costs one statement; sorted, so that its
-- insertions walk the index from left to right. Runs as the owner: members have no privilege here.
CREATE FUNCTION crm_write_terms() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO crm_customerterm (tenant_id, term, customer_id)
  SELECT DISTINCT c.tenant_id, t.term, c.id
  FROM written AS c, unnest(crm_terms(c.name, c.company, c.email, c.phone)) AS t (term)
  WHERE c.erased_at IS NULL AND t.term <> ''
  ORDER BY 1, 2, 3;
  RETURN NULL;
END $$;

CREATE FUNCTION crm_rewrite_terms() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  changed uuid[] := ARRAY(
    SELECT c.id FROM written AS c JOIN replaced AS o ON o.id = c.id
    WHERE (c.name, c.company, c.email, c.phone, c.erased_at IS NULL)
      IS DISTINCT FROM (o.name, o.company, o.email, o.phone, o.erased_at IS NULL)
  );
BEGIN
  IF changed <> '{}' THEN
    DELETE FROM crm_customerterm AS t USING replaced AS o
    WHERE o.id = ANY (changed) AND t.tenant_id = o.tenant_id AND t.customer_id = o.id;
    INSERT INTO crm_customerterm (tenant_id, term, customer_id)
    SELECT DISTINCT c.tenant_id, t.term, c.id
    FROM written AS c, unnest(crm_terms(c.name, c.company, c.email, c.phone)) AS t (term)
    WHERE c.id = ANY (changed) AND c.erased_at IS NULL AND t.term <> ''
    ORDER BY 1, 2, 3;
  END IF;
  UPDATE crm_customertag AS l SET sort_name = c.sort_name, customer_created_at = c.created_at
  FROM written AS c JOIN replaced AS o ON o.id = c.id
  WHERE (c.sort_name, c.created_at) IS DISTINCT FROM (o.sort_name, o.created_at)
    AND l.tenant_id = c.tenant_id AND l.customer_id = c.id;
  RETURN NULL;
END $$;

CREATE FUNCTION crm_drop_terms() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM crm_customerterm AS t USING replaced AS o
  WHERE t.tenant_id = o.tenant_id AND t.customer_id = o.id;
  RETURN NULL;
END $$;

CREATE TRIGGER crm_customer_terms_of_new AFTER INSERT ON crm_customer
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION crm_write_terms();
CREATE TRIGGER crm_customer_terms_of_changed AFTER UPDATE ON crm_customer
  REFERENCING OLD TABLE AS replaced NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION crm_rewrite_terms();
CREATE TRIGGER crm_customer_terms_of_gone AFTER DELETE ON crm_customer
  REFERENCING OLD TABLE AS replaced FOR EACH STATEMENT EXECUTE FUNCTION crm_drop_terms();

-- The smallest term in a range by which a customer matches. A customer is reported there only, so
-- that several matching terms don't report it twice, on this page or on another.
CREATE FUNCTION crm_first_match(
  of_tenant uuid, customer uuid, prefix text, past text, a text, b text
) RETURNS TABLE (term text)
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT t.term FROM crm_customerterm AS t
  WHERE t.tenant_id = of_tenant AND t.customer_id = customer
    AND t.term >= prefix AND t.term < past
    AND (a IS NULL OR crm_is_pair_of(t.term, a, b))
  ORDER BY t.term LIMIT 1
$$;

-- Whether all of these words begin some word of the customer's name or company, beside `a`.
CREATE FUNCTION crm_has_words(
  of_tenant uuid, customer uuid, a text, words text[]
) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  word text;
  prefix text;
BEGIN
  FOREACH word IN ARRAY words LOOP
    prefix := crm_pair_prefix(a, word);
    IF NOT EXISTS (
      SELECT FROM crm_first_match(
        of_tenant, customer, prefix, prefix || chr(1114111),
        least(a COLLATE "C", word), greatest(a COLLATE "C", word))
    ) THEN
      RETURN false;
    END IF;
  END LOOP;
  RETURN true;
END $$;

-- The current tenant's customers that match all words of q, in the order of (term, id), from beyond
-- (start_term, start_id) on, or before it, backwards. The search walks one range of the index and stops
-- when it has `most`, so that its time depends on what it returns, not on how many customers there are.
--
-- It runs as the owner, because a pattern under a row-level policy can't use an index; therefore it
-- filters by the tenant itself, and members' requests only may call it. The settings keep the planner
-- from reading the whole range first. A rare tag is walked instead of the range.
CREATE FUNCTION crm_search(
  q text, tag_name text, start_term text, start_id uuid, backwards boolean, most integer
) RETURNS TABLE (id uuid, term text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  of_tenant CONSTANT uuid := current_tenant_id();
  few CONSTANT integer := 1000;
  tokens CONSTANT text[] := crm_query_tokens(q);
  others CONSTANT text[] := tokens[3:];
  prefix text := tokens[1];
  a text;
  b text;
  past text;
  tag uuid;
  carriers integer;
BEGIN
  IF cardinality(tokens) = 0 OR of_tenant IS NULL THEN
    RETURN;
  END IF;
  IF cardinality(tokens) > 1 THEN
    a := least(tokens[1] COLLATE "C", tokens[2]);
    b := greatest(tokens[1] COLLATE "C", tokens[2]);
    prefix := crm_pair_prefix(a, b);
  END IF;
  -- U+10FFFF is the greatest text of one character in the "C" collation.
  past := prefix || chr(1114111);
  IF NOT backwards AND (start_term IS NULL OR start_term < prefix COLLATE "C") THEN
    start_term := prefix;
    start_id := '00000000-0000-0000-0000-000000000000';
  ELSIF backwards AND (start_term IS NULL OR start_term > past COLLATE "C") THEN
    start_term := past;
    start_id := '00000000-0000-0000-0000-000000000000';
  END IF;
  IF tag_name IS NOT NULL THEN
    SELECT t.id INTO tag FROM crm_tag AS t
    WHERE t.tenant_id = of_tenant AND t.key = crm_fold(tag_name) COLLATE "C";
    IF tag IS NULL THEN
      RETURN;
    END IF;
    SELECT count(*) INTO carriers FROM (
      SELECT FROM crm_customertag AS l WHERE l.tenant_id = of_tenant AND l.tag_id = tag LIMIT few + 1
    ) AS counted;
  END IF;

  IF carriers <= few THEN
    RETURN QUERY
      SELECT l.customer_id, m.term
      FROM crm_customertag AS l
      CROSS JOIN LATERAL crm_first_match(of_tenant, l.customer_id, prefix, past, a, b) AS m
      WHERE l.tenant_id = of_tenant AND l.tag_id = tag
        AND CASE WHEN backwards THEN (m.term, l.customer_id) < (start_term COLLATE "C", start_id)
            ELSE (m.term, l.customer_id) > (start_term COLLATE "C", start_id) END
        AND (others = '{}' OR crm_has_words(of_tenant, l.customer_id, a, others))
      ORDER BY
        CASE WHEN NOT backwards THEN m.term END COLLATE "C",
        CASE WHEN NOT backwards THEN l.customer_id END,
        m.term COLLATE "C" DESC, l.customer_id DESC
      LIMIT most;
  ELSIF backwards THEN
    RETURN QUERY
      SELECT t.customer_id, t.term
      FROM crm_customerterm AS t
      CROSS JOIN LATERAL crm_first_match(of_tenant, t.customer_id, prefix, past, a, b) AS m
      WHERE t.tenant_id = of_tenant AND t.term >= prefix
        AND (t.term, t.customer_id) < (start_term, start_id)
        AND (a IS NULL OR crm_is_pair_of(t.term, a, b))
        AND t.term = m.term
        AND (others = '{}' OR crm_has_words(of_tenant, t.customer_id, a, others))
        AND (tag IS NULL OR EXISTS (
          SELECT FROM crm_customertag AS l
          WHERE l.tenant_id = of_tenant AND l.tag_id = tag AND l.customer_id = t.customer_id OFFSET 0))
      ORDER BY t.term DESC, t.customer_id DESC LIMIT most;
  ELSE
    RETURN QUERY
      SELECT t.customer_id, t.term
      FROM crm_customerterm AS t
      CROSS JOIN LATERAL crm_first_match(of_tenant, t.customer_id, prefix, past, a, b) AS m
      WHERE t.tenant_id = of_tenant AND t.term < past
        AND (t.term, t.customer_id) > (start_term, start_id)
        AND (a IS NULL OR crm_is_pair_of(t.term, a, b))
        AND t.term = m.term
        AND (others = '{}' OR crm_has_words(of_tenant, t.customer_id, a, others))
        AND (tag IS NULL OR EXISTS (
          SELECT FROM crm_customertag AS l
          WHERE l.tenant_id = of_tenant AND l.tag_id = tag AND l.customer_id = t.customer_id OFFSET 0))
      ORDER BY t.term, t.customer_id LIMIT most;
  END IF;
END $$;
