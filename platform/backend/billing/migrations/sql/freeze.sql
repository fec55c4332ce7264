-- What was issued never changes; what was booked is only added to. These hold for the owner too.

CREATE FUNCTION billing_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lines record;
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state = 'draft' THEN
      RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an issued invoice is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  -- The sum of its allocations: their own trigger alone may write it.
  IF NEW.allocated_minor <> OLD.allocated_minor AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'an invoice is settled by allocations' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state = 'draft' THEN
    IF NEW.state <> 'draft' THEN
      SELECT count(*) AS count, sum(net_minor) AS net, sum(tax_minor) AS tax INTO lines
        FROM billing_invoiceline WHERE tenant_id = NEW.tenant_id AND invoice_id = NEW.id;
      IF lines.count = 0 OR (lines.net, lines.tax) <> (NEW.net_minor, NEW.tax_minor) THEN
        RAISE EXCEPTION 'an invoice is the sum of its lines' USING ERRCODE = 'check_violation';
      END IF;
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - '{state,allocated_minor,updated_at}'::text[]
      <> to_jsonb(OLD) - '{state,allocated_minor,updated_at}'::text[] THEN
    RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guarded BEFORE UPDATE OR DELETE ON billing_invoice
  FOR EACH ROW EXECUTE FUNCTION billing_guard_invoice();

CREATE FUNCTION billing_guard_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  line record;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.invoice_id <> OLD.invoice_id THEN
    RAISE EXCEPTION 'a line stays on its invoice' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN line := OLD; ELSE line := NEW; END IF;
  -- Locked, so that it can't be issued between this look and the line's commit.
  PERFORM FROM billing_invoice
    WHERE tenant_id = line.tenant_id AND id = line.invoice_id AND state = 'draft' FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'lines of an issued invoice never change' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN line;
END $$;

CREATE TRIGGER guarded BEFORE INSERT OR UPDATE OR DELETE ON billing_invoiceline
  FOR EACH ROW EXECUTE FUNCTION billing_guard_line();

-- At the end of the transaction: a note is the sum of its lines, and neither a line nor an invoice is
-- credited twice over.
CREATE FUNCTION billing_check_credit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_note uuid := CASE TG_TABLE_NAME WHEN 'billing_creditnote' THEN NEW.id
    ELSE (to_jsonb(NEW) ->> 'credit_note_id')::uuid END;
BEGIN
  IF EXISTS (
    SELECT FROM billing_creditnote AS n
    LEFT JOIN billing_creditnoteline AS l ON l.tenant_id = n.tenant_id AND l.credit_note_id = n.id
    WHERE n.tenant_id = NEW.tenant_id AND n.id = of_note
    GROUP BY n.id
    HAVING (n.net_minor, n.tax_minor)
      <> (coalesce(sum(l.net_minor), 0), coalesce(sum(l.tax_minor), 0))
  ) THEN
    RAISE EXCEPTION 'a credit note is the sum of its lines' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT FROM billing_creditnoteline AS mine
    JOIN billing_invoiceline AS line
      ON line.tenant_id = mine.tenant_id AND line.id = mine.invoice_line_id
    JOIN billing_creditnoteline AS l
      ON l.tenant_id = line.tenant_id AND l.invoice_line_id = line.id
    WHERE mine.tenant_id = NEW.tenant_id AND mine.credit_note_id = of_note
    GROUP BY mine.id, line.id
    HAVING NOT sum(l.net_minor) BETWEEN least(line.net_minor, 0) AND greatest(line.net_minor, 0)
  ) THEN
    RAISE EXCEPTION 'more is credited than was charged' USING ERRCODE = 'check_violation';
  END IF;
  -- Where a line takes something off, the others come to more than the invoice does.
  IF EXISTS (
    SELECT FROM billing_creditnote AS mine
    JOIN billing_invoice AS i ON i.tenant_id = mine.tenant_id AND i.id = mine.invoice_id
    JOIN billing_creditnote AS n ON n.tenant_id = i.tenant_id AND n.invoice_id = i.id
    WHERE mine.tenant_id = NEW.tenant_id AND mine.id = of_note
    GROUP BY i.id HAVING sum(n.total_minor) > i.total_minor
  ) THEN
    RAISE EXCEPTION 'more is credited than was invoiced' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER sums_are_right AFTER INSERT ON billing_creditnote
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_check_credit();
CREATE CONSTRAINT TRIGGER sums_are_right AFTER INSERT ON billing_creditnoteline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_check_credit();

-- A fact is added to the account's sums, which nothing else may change.
CREATE FUNCTION billing_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE billing_account SET
    invoiced_minor = invoiced_minor + CASE NEW.kind WHEN 'invoice' THEN NEW.amount_minor ELSE 0 END,
    credited_minor = credited_minor - CASE NEW.kind WHEN 'credit_note' THEN NEW.amount_minor ELSE 0 END,
    paid_minor = paid_minor - CASE NEW.kind WHEN 'payment' THEN NEW.amount_minor ELSE 0 END,
    refunded_minor = refunded_minor + CASE NEW.kind WHEN 'refund' THEN NEW.amount_minor ELSE 0 END
  WHERE tenant_id = NEW.tenant_id AND currency = NEW.currency;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no account in %', NEW.currency USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER booked AFTER INSERT ON billing_entry
  FOR EACH ROW EXECUTE FUNCTION billing_book();

CREATE FUNCTION billing_allocate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE billing_account SET allocated_minor = allocated_minor + NEW.amount_minor
    WHERE tenant_id = NEW.tenant_id;
  UPDATE billing_invoice SET allocated_minor = allocated_minor + NEW.amount_minor
    WHERE tenant_id = NEW.tenant_id AND id = NEW.invoice_id AND state = 'open';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'only an open invoice is settled' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER allocated AFTER INSERT ON billing_allocation
  FOR EACH ROW EXECUTE FUNCTION billing_allocate();

CREATE FUNCTION billing_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' AND (NEW.invoiced_minor, NEW.credited_minor, NEW.paid_minor,
      NEW.refunded_minor, NEW.allocated_minor) = (0, 0, 0, 0, 0) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an account is the sum of its facts' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER guarded BEFORE INSERT OR UPDATE OR DELETE ON billing_account
  FOR EACH ROW EXECUTE FUNCTION billing_guard_account();

-- Of a payment, no more than it is goes back.
CREATE FUNCTION billing_check_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whole bigint;
BEGIN
  SELECT amount_minor INTO whole FROM billing_payment
    WHERE tenant_id = NEW.tenant_id AND id = NEW.payment_id AND state = 'confirmed'
    FOR NO KEY UPDATE;
  IF whole IS NULL OR whole < (
    SELECT sum(amount_minor) FROM billing_refund
    WHERE tenant_id = NEW.tenant_id AND payment_id = NEW.payment_id AND state <> 'failed'
  ) THEN
    RAISE EXCEPTION 'more is refunded than was paid' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER within_the_payment AFTER INSERT ON billing_refund
  FOR EACH ROW EXECUTE FUNCTION billing_check_refund();

CREATE TRIGGER settled_is_on_record BEFORE UPDATE ON billing_payment
  FOR EACH ROW WHEN (OLD.state <> 'pending') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON billing_payment
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settled_is_on_record BEFORE UPDATE ON billing_refund
  FOR EACH ROW WHEN (OLD.state <> 'pending') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON billing_refund
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lifted_is_on_record BEFORE UPDATE ON billing_overduesuspension
  FOR EACH ROW WHEN (OLD.lifted_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON billing_overduesuspension
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_forwards BEFORE UPDATE ON billing_numberseries
  FOR EACH ROW WHEN (NEW.last <= OLD.last OR (NEW.kind, NEW.year) <> (OLD.kind, OLD.year))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON billing_numberseries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
