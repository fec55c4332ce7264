-- What a ticket is about is written once. Its department and priority change, by staff alone.
CREATE TRIGGER ticket_keeps_its_matter
  BEFORE UPDATE OF number, subject, opened_by, opened_by_kind, opened_by_id, invoice_id, service_id
  ON tickets_ticket FOR EACH ROW
  WHEN ((OLD.number, OLD.subject, OLD.opened_by, OLD.opened_by_kind, OLD.opened_by_id,
         OLD.invoice_id, OLD.service_id)
        IS DISTINCT FROM
        (NEW.number, NEW.subject, NEW.opened_by, NEW.opened_by_kind, NEW.opened_by_id,
         NEW.invoice_id, NEW.service_id))
  EXECUTE FUNCTION refuse_change();

CREATE TRIGGER never_deleted BEFORE DELETE ON tickets_ticket
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Under a policy it is one of the tenant's who writes: nobody there speaks for the operator.
CREATE FUNCTION tickets_speaks_for_its_side() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.side <> 'customer' AND row_security_active('tickets_message'::regclass) THEN
    RAISE EXCEPTION 'A tenant''s message can''t speak for the %', NEW.side
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER speaks_for_its_side BEFORE INSERT ON tickets_message
  FOR EACH ROW EXECUTE FUNCTION tickets_speaks_for_its_side();

-- A file goes with one message, and is what was announced.
CREATE TRIGGER announced_once BEFORE UPDATE ON tickets_attachment
  FOR EACH ROW
  WHEN (OLD.message_id IS NOT NULL
        OR (OLD.announced_by_kind, OLD.announced_by_id, OLD.filename, OLD.content_type, OLD.size,
            OLD.created_at)
           IS DISTINCT FROM
           (NEW.announced_by_kind, NEW.announced_by_id, NEW.filename, NEW.content_type, NEW.size,
            NEW.created_at))
  EXECUTE FUNCTION refuse_change();
