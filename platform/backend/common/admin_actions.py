"""Actions on one row of the staff admin, each declared where it is carried out::

    @asks_first(
        "Suspend",
        permission="tenants.suspend_tenant",
        explanation="They can read, and nothing else.",
        form=ReasonForm,
        is_grave=True,
    )
    def suspend(self, request: HttpRequest, tenant: Tenant, answers: Answers) -> str:
        tenant.suspend(by=staff_actor(request), reason=answers["reason"])
        return f"{tenant} is suspended."

The page asks; when it is sent, the method is run in a transaction, and the sentence that it returns
is shown and kept in the row's history. A rule that stands in the way goes onto the page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from backend.common.admin import submitted
from backend.common.problems import Problem
from backend.common.transitions import LONGEST_REASON

Answers = dict[str, Any]
CarryOut = Callable[[Any, HttpRequest, Any, Answers], str]


class ReasonForm(forms.Form):
    """Why staff do something to a tenant."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="It stays on record, and the tenant’s owner reads it.",
    )


class RowForm(forms.Form):
    """A form that needs to know the row it is about."""

    def __init__(self, data: Any, *, row: Any) -> None:
        self.row = row
        super().__init__(data)


def asks_first(
    label: str,
    *,
    permission: str,
    explanation: str,
    title: str = "",
    submit: str = "",
    form: type[forms.Form] = forms.Form,
    icon: str = "",
    is_grave: bool = False,
) -> Callable[[CarryOut], Any]:
    """Makes a detail action of a method of `ModelAdmin`.

    `title` may name ``{row}``; both it and `submit` say the label unless told. The action is
    offered, and carried out, only where the admin's `offers` agrees.
    """
    title = title or f"{label} {{row}}"

    def decorate(carry_out: CarryOut) -> Any:
        @action(
            description=label,
            permissions=[permission],
            icon=icon,
            variant=ActionVariant.DANGER if is_grave else ActionVariant.DEFAULT,
        )
        @wraps(carry_out)
        def ask(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
            row = admin.row_for(carry_out.__name__, request, object_id)
            data = submitted(request)
            asked = form(data, row=row) if issubclass(form, RowForm) else form(data)
            if asked.is_valid():
                try:
                    with transaction.atomic():
                        said = carry_out(admin, request, row, asked.cleaned_data)
                        admin.log_change(request, row, said)
                except Problem as problem:
                    asked.add_error(None, str(problem.detail))
                else:
                    return admin.back_to(request, row, said)
            return admin.action_page(
                request,
                row,
                asked,
                title=title.format(row=row),
                explanation=explanation,
                submit=submit or label,
                is_grave=is_grave,
            )

        return ask

    return decorate
