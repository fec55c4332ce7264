-- Finds tickets by the beginnings of words in their subjects and messages, the latest activity first.

-- The distinct words of a text, folded; of a very long one the first 1,000. A word counts by its first
-- 40 characters.
CREATE FUNCTION tickets_words(value text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT DISTINCT left(word, 40)
  FROM unnest((crm_words(crm_fold(value)))[:1000]) AS words (word)
  WHERE word <> '';
END;

-- Both run as the owner: members have no privilege here. Sorted, so that insertions walk the index.
CREATE FUNCTION tickets_terms_of_subjects() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO tickets_ticketterm (tenant_id, term, ticket_id)
  SELECT w.tenant_id, t.term, w.id
  FROM written AS w CROSS JOIN LATERAL tickets_words(w.subject) AS t (term)
  ORDER BY 1, 2, 3
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE FUNCTION tickets_terms_of_messages() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO tickets_ticketterm (tenant_id, term, ticket_id)
  SELECT DISTINCT w.tenant_id, t.term, w.ticket_id
  FROM written AS w CROSS JOIN LATERAL tickets_words(w.body) AS t (term)
  ORDER BY 1, 2, 3
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER tickets_ticket_terms AFTER INSERT ON tickets_ticket
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tickets_terms_of_subjects();
CREATE TRIGGER tickets_message_terms AFTER INSERT ON tickets_message
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tickets_terms_of_messages();

-- The tickets whose words begin with all those of q, and whose number is that of q, where it is one.
-- Of one tenant, of one who opened them, in some states, of a department, unread by somebody: each
-- condition may be null. From beyond (start_at, start_id) on, the latest activity first; or
-- backwards, from before it.
--
-- Where few tickets have some word of q, they are fetched and sorted. Where many have each, the
-- tickets are walked by their activity and asked for the words: as many have them, the page is soon
-- full. So the time hardly depends on how many tickets there are. What somebody hasn't read is
-- little, and is asked for the words alone.
--
-- `of_tenant` null means all tenants, which only staff ask for. The settings keep the
-- planner from reading whole ranges first.
CREATE FUNCTION tickets_find(
  of_tenant uuid, q text, opener uuid, states text[], department uuid, reader uuid,
  start_at timestamptz, start_id uuid, backwards boolean, most integer
) RETURNS TABLE (id uuid, last_message_at timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  tokens CONSTANT text[] := ARRAY(SELECT tickets_words(left(q, 200)) LIMIT 8);
  number CONSTANT integer := substring(btrim(q) from '^#?([0-9]{1,8})$')::integer;
  few CONSTANT integer := CASE WHEN cardinality(tokens) > 1 THEN 6000 ELSE 2000 END;
  past CONSTANT text := chr(1114111);  -- the greatest text of one character in the "C" collation
  whose CONSTANT text := CASE WHEN of_tenant IS NULL THEN '' ELSE ' AND x.tenant_id = $1' END;
  rarest text;
  fewest integer := few + 1;
  token text;
  found integer;
  conditions text := CASE WHEN of_tenant IS NULL THEN 'true' ELSE 't.tenant_id = $1' END;
  has_words text := '';
  source text := 'tickets_ticket AS t';
  direction CONSTANT text := CASE WHEN backwards THEN 'ASC' ELSE 'DESC' END;
BEGIN
  IF cardinality(tokens) = 0 THEN
    RETURN;
  END IF;
  IF opener IS NOT NULL THEN
    conditions := conditions || ' AND t.opened_by_id = $2';
  END IF;
  IF states IS NOT NULL THEN
    -- Written out, so that the planner sees which index knows of these states alone.
    conditions := conditions || format(' AND t.state IN (%s)',
      (SELECT string_agg(quote_literal(state), ', ') FROM unnest(states) AS s (state)));
  END IF;
  IF department IS NOT NULL THEN
    conditions := conditions || ' AND t.department_id = $4';
  END IF;
  IF reader IS NOT NULL THEN
    source := '(SELECT r.tenant_id, r.ticket_id FROM tickets_ticketreading AS r'
      ' WHERE r.tenant_id = $1 AND r.person_id = $5 AND r.unread_since IS NOT NULL) AS u'
      ' JOIN tickets_ticket AS t ON t.tenant_id = u.tenant_id AND t.id = u.ticket_id';
  END IF;
  IF start_at IS NOT NULL THEN
    conditions := conditions || format(
      ' AND t.last_message_at %1$s= $6 AND (t.last_message_at, t.id) %1$s ($6, $7)',
      CASE WHEN backwards THEN '>' ELSE '<' END);
  END IF;

  FOREACH token IN ARRAY tokens LOOP
    has_words := has_words || format(
      ' AND EXISTS (SELECT FROM tickets_ticketterm AS x WHERE x.tenant_id = t.tenant_id'
      ' AND x.ticket_id = t.id AND x.term >= %L AND x.term < %L OFFSET 0)', token, token || past);
    EXECUTE format(
      'SELECT count(*) FROM (SELECT FROM tickets_ticketterm AS x'
      ' WHERE x.term >= %L AND x.term < %L%s LIMIT %s) AS counted',
      token, token || past, whose, few + 1)
    INTO found USING of_tenant;
    IF found < fewest THEN
      rarest := token;
      fewest := found;
    END IF;
  END LOOP;

  IF fewest <= few AND reader IS NULL THEN
    RETURN QUERY EXECUTE format(
      'SELECT t.id, t.last_message_at FROM ('
      ' SELECT x.ticket_id AS id FROM tickets_ticketterm AS x WHERE x.term >= %L AND x.term < %L%s'
      ' UNION SELECT x.id FROM tickets_ticket AS x WHERE x.number = $9%s'
      ') AS c JOIN tickets_ticket AS t ON t.id = c.id'
      ' WHERE %s AND (t.number = $9 OR (true%s))'
      ' ORDER BY t.last_message_at %s, t.id %s LIMIT $8',
      rarest, rarest || past, whose, whose, conditions, has_words, direction, direction)
    USING of_tenant, opener, states, department, reader, start_at, start_id, most, number;
  ELSE
    RETURN QUERY EXECUTE format(
      'SELECT t.id, t.last_message_at FROM %s WHERE %s AND (t.number = $9 OR (true%s))'
      ' ORDER BY t.last_message_at %s, t.id %s LIMIT $8',
      source, conditions, has_words, direction, direction)
    USING of_tenant, opener, states, department, reader, start_at, start_id, most, number;
  END IF;
END $$;

-- For members' requests, in the tenant that they have entered and in no other. It runs as the owner:
-- the words are nobody's to read, and a range of them under a row-level policy has no index.
CREATE FUNCTION tickets_search(
  q text, opener uuid, states text[], department uuid, reader uuid,
  start_at timestamptz, start_id uuid, backwards boolean, most integer
) RETURNS TABLE (id uuid, last_message_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
  SELECT f.id, f.last_message_at
  FROM tickets_find(
    -- Outside any tenant it is nobody's, never everybody's.
    coalesce(current_tenant_id(), '00000000-0000-0000-0000-000000000000'),
    q, opener, states, department, reader, start_at, start_id, backwards, most
  ) AS f;
END;
