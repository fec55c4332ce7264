"""Folding: two spellings that a person would call the same name become the same text."""

from __future__ import annotations

from django.db import connection
from django.db.models import Func, TextField


class Fold(Func):
    """`crm_fold` of the database: the text without case, accents and width, in any locale."""

    function = "crm_fold"
    arity = 1
    output_field = TextField()


def folded(texts: list[str]) -> dict[str, str]:
    """Each text with its folded form, in one query. The rules live in the database alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT t, crm_fold(t) FROM unnest(%s::text[]) AS t", [texts])
        return dict(cursor.fetchall())
