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
