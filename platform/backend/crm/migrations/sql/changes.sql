-- Counts every change of a customer, for its ETag, and keeps an erased one as it is.
CREATE FUNCTION crm_count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.erased_at IS NOT NULL THEN
    RAISE EXCEPTION 'An erased customer is read-only' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.version := OLD.version + 1;
  IF NEW.updated_at = OLD.updated_at THEN
    NEW.updated_at := clock_timestamp();
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER crm_customer_change BEFORE UPDATE ON crm_customer
  FOR EACH ROW EXECUTE FUNCTION crm_count_change();

-- Copies to a new link what lists are sorted by; `crm_rewrite_terms` keeps it up.
CREATE FUNCTION crm_copy_sort_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT c.sort_name, c.created_at INTO NEW.sort_name, NEW.customer_created_at
  FROM crm_customer AS c WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.customer_id;
  -- Let the foreign key say what is wrong.
  NEW.sort_name := coalesce(NEW.sort_name, '');
  NEW.customer_created_at := coalesce(NEW.customer_created_at, now());
  RETURN NEW;
END $$;

CREATE TRIGGER crm_customertag_sort_keys BEFORE INSERT ON crm_customertag
  FOR EACH ROW EXECUTE FUNCTION crm_copy_sort_keys();

-- A customer's tags are part of it: whoever edits it must not overwrite another's tags unseen.
CREATE FUNCTION crm_count_tagging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE crm_customer AS c SET updated_at = clock_timestamp()
  FROM (SELECT DISTINCT tenant_id, customer_id FROM links) AS l
  WHERE c.tenant_id = l.tenant_id AND c.id = l.customer_id;
  RETURN NULL;
END $$;

CREATE TRIGGER crm_customertag_added AFTER INSERT ON crm_customertag
  REFERENCING NEW TABLE AS links FOR EACH STATEMENT EXECUTE FUNCTION crm_count_tagging();
CREATE TRIGGER crm_customertag_removed AFTER DELETE ON crm_customertag
  REFERENCING OLD TABLE AS links FOR EACH STATEMENT EXECUTE FUNCTION crm_count_tagging();
