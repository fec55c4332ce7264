from django.db import migrations

# For triggers of `GuardTransitions`. Its arguments are the state that rows begin in, and the
# allowed changes as "from>to".
GUARD_TRANSITION = """
    CREATE FUNCTION guard_transition() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.state = TG_ARGV[0] THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'a row of % begins as %, not as %', TG_TABLE_NAME, TG_ARGV[0], NEW.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        -- Arguments of a trigger are counted from 0.
        IF NEW.state = OLD.state OR OLD.state || '>' || NEW.state = ANY (TG_ARGV[1:]) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '% can not go from % to %', TG_TABLE_NAME, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0002_shared_parts")]

    operations = [migrations.RunSQL(GUARD_TRANSITION, "DROP FUNCTION guard_transition()")]
