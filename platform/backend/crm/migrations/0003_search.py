from pathlib import Path

from django.db import migrations

from backend.common.protection import GrantExecute

SQL = Path(__file__).parent / "sql"
NO_TERMS = """
    DROP FUNCTION crm_query_tokens(text);
    DROP FUNCTION crm_terms(text, text, text, text);
    DROP FUNCTION crm_email_terms(text);
    DROP FUNCTION crm_phone_forms(text);
    DROP FUNCTION crm_is_pair_of(text, text, text);
    DROP FUNCTION crm_pair_prefix(text, text);
    DROP FUNCTION crm_pair(text, text);
    DROP FUNCTION crm_name_words(text);
    DROP FUNCTION crm_without_apostrophes(text);
    DROP FUNCTION crm_words(text);
"""
NO_SEARCH = """
    DROP FUNCTION crm_search(text, text, text, uuid, boolean, integer);
    DROP FUNCTION crm_has_words(uuid, uuid, text, text[]);
    DROP FUNCTION crm_first_match(uuid, uuid, text, text, text, text);
    DROP TRIGGER crm_customer_terms_of_gone ON crm_customer;
    DROP TRIGGER crm_customer_terms_of_changed ON crm_customer;
    DROP TRIGGER crm_customer_terms_of_new ON crm_customer;
    DROP FUNCTION crm_drop_terms();
    DROP FUNCTION crm_rewrite_terms();
    DROP FUNCTION crm_write_terms();
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0002_protect")]

    operations = [
        migrations.RunSQL((SQL / "terms.sql").read_text(), NO_TERMS),
        migrations.RunSQL((SQL / "search.sql").read_text(), NO_SEARCH),
        GrantExecute("crm_search(text, text, text, uuid, boolean, integer)"),
    ]
