"""The base of every page in the staff admin: inherit from here, never from Django's or the theme's.

What it settles once: lists that never count a whole table, no deleting (what staff end is revoked,
and stays as a record), links from row to row, and pages that ask before an action is carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin import ShowFacets, SimpleListFilter
from django.contrib.admin.checks import ModelAdminChecks
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold import admin as unfold
from unfold.dataclasses import UnfoldAction
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.views import ChangeList

from backend.common.actor import Actor
from backend.common.addresses import address_of
from backend.common.problems import Problem

LINK = "text-primary-600 hover:underline dark:text-primary-500"


class ModelForm(forms.ModelForm):
    """Holds the row against all its constraints, also those on columns that the form lacks.

    Django leaves the latter out, so that the database would be the first to tell: with a 500.
    """

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc] # the stubs lack it
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self.add_error(None, error)


class BoundedPaginator(Paginator):
    """Counts up to a bound. Beyond it, one searches or filters instead of turning pages."""

    most = 10_000
    template_name = "admin/bounded_pagination.html"
    object_list: Any

    @cached_property
    def _counted(self) -> int:
        rows = self.object_list.order_by().values("pk")
        return int(rows[: self.most + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.most)

    @property
    def has_more(self) -> bool:
        return self._counted > self.most


class RevokedFilter(SimpleListFilter):
    """For rows that end by `revoked_at` and stay as a record."""

    title = "state"
    parameter_name = "revoked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Current"), ("yes", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(revoked_at__isnull=self.value() == "no")


class BoundedChangeList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # The page's head offers "show all" where the two differ.
        if not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count


class ModelAdmin(unfold.ModelAdmin):
    """Name the related rows that a list shows in `list_select_related`; tests pin its queries."""

    form = ModelForm
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    # Facets count every filter's choices over the whole table.
    show_facets = ShowFacets.NEVER
    empty_value_display = "–"
    compressed_fields = True
    warn_unsaved_form = True
    view_on_site = False
    # The theme's own looks permissions up in the database: no check could run before `migrate`.
    checks_class = ModelAdminChecks

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoundedChangeList

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def offers(self, action: str, row: Any) -> bool:
        """Whether the row's state allows a detail action, by its method's name."""
        return True

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        permitted = super().get_actions_detail(request, object_id)
        row = self.get_object(request, object_id) if permitted else None
        if row is None:
            return []
        return [each for each in permitted if self.offers(_method_name(each), row)]

    def row_for(self, action: str, request: HttpRequest, object_id: str) -> Any:
        """The row that an action is about; 404 where it isn't offered."""
        row = self.get_object(request, object_id)
        if row is None or not self.offers(action, row):
            raise Http404
        return row

    def action_page(
        self,
        request: HttpRequest,
        row: models.Model,
        form: forms.Form,
        *,
        title: str,
        explanation: str,
        submit: str,
        is_grave: bool = False,
    ) -> TemplateResponse:
        """Ask, before the action's method is called again by POST with the form filled in."""
        return self.row_page(
            request,
            row,
            "admin/action_page.html",
            title=title,
            form=form,
            media=self.media + form.media,
            explanation=explanation,
            submit_label=submit,
            is_grave=is_grave,
            back=address_of_row(row),
        )

    def row_page(
        self, request: HttpRequest, row: models.Model, template: str, **context: Any
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            template,
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "original": row,
                "media": self.media,
                **context,
            },
        )

    @contextmanager
    def carried_out(
        self, request: HttpRequest, row: models.Model, form: forms.Form, note: str
    ) -> Iterator[None]:
        """Run the action and note it in the row's history, in one transaction.

        A rule that stands in the way goes onto the form.
        """
        try:
            with transaction.atomic():
                yield
                self.log_change(request, row, note)
        except Problem as problem:
            form.add_error(None, str(problem.detail))

    def back_to(self, request: HttpRequest, row: models.Model, notice: str) -> HttpResponse:
        messages.success(request, notice)
        return HttpResponseRedirect(address_of_row(row))


class ReadOnly:
    """To be mixed in before `ModelAdmin`, for rows that are made and ended elsewhere."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RowsOfTenant(PaginationInlineFormSet):
    """Where the page's row is a tenant's: names the tenant, as every index begins with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        tenant_id = getattr(kwargs.get("instance"), "tenant_id", None)
        if tenant_id and kwargs.get("queryset") is not None:
            kwargs["queryset"] = kwargs["queryset"].filter(tenant_id=tenant_id)
        super().__init__(*args, **kwargs)


class ReadOnlyInline(ReadOnly, unfold.TabularInline):
    """A row's own rows, to look at."""

    formset = RowsOfTenant
    extra = 0
    per_page = 20
    hide_title = True
    show_change_link = False


def staff_actor(request: HttpRequest) -> Actor:
    """The member of staff who sent the request, for the records."""
    return Actor.staff(request.user, address_of(request, is_portal=False))


def submitted(request: HttpRequest) -> Any:
    """What an action's form is bound to: nothing, until it is sent."""
    return request.POST if request.method == "POST" else None


def address_of_row(row: models.Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def link_to(row: models.Model | None, text: str = "") -> SafeString | None:
    """A link to the row's page; None, which the lists show as a dash, where there is no row."""
    if row is None:
        return None
    return format_html('<a href="{}" class="{}">{}</a>', address_of_row(row), LINK, text or row)


def link_to_list(model: str, text: str, **filters: object) -> SafeString:
    """A link to a filtered list: `link_to_list("tenants.member", "3", tenant__id__exact=…)`."""
    address = reverse(f"admin:{model.replace('.', '_')}_changelist")
    return format_html('<a href="{}?{}" class="{}">{}</a>', address, urlencode(filters), LINK, text)


def linked(field: str, description: str = "", order: str = "") -> Callable[[Any], Any]:
    """A list's column that leads to the related row; `list_select_related` must name it too."""

    @display(description=description or field.replace("_", " "), ordering=order or field)
    def column(row: Any) -> SafeString | None:
        return link_to(getattr(row, field))

    column.__name__ = field
    return column


def _method_name(action: UnfoldAction) -> str:
    return str(action.method.original_function_name)
