"""Finds the forgotten scope: a query on a tenant-owned table while no tenant is entered.

Such a query would run as the login user, who owns the tables and sees every tenant. In tests and
in development it is an error; in production the check is not worth its cost on each statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps

from backend.common.models import TenantOwned
from backend.common.tenancy import is_scoped


class OutsideTenantScope(RuntimeError):
    """A query touched a tenant-owned table outside `tenant_scope` and `owner_scope`."""


@cache
def _tenant_owned_table() -> re.Pattern[str]:
    tables = sorted(
        re.escape(model._meta.db_table)
        for model in apps.get_models()
        if issubclass(model, TenantOwned)
    )
    return re.compile(rf"\b({'|'.join(tables) or '(?!)'})\b")


def refuse_unscoped(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """An execute wrapper (see Django's database instrumentation) that raises OutsideTenantScope."""
    if not is_scoped() and (found := _tenant_owned_table().search(str(sql))):
        raise OutsideTenantScope(
            f"Query on tenant-owned table {found[1]} outside a tenant scope: {str(sql)[:200]}"
        )
    return execute(sql, params, many, context)
