"""Who belongs to a business, and what becomes of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.api_client import parallel
from portal.common.abilities import need
from portal.common.forms import RelayForm
from portal.common.http import PortalRequest, page_with_form, see_other
from portal.members.forms import RevokeForm, RoleForm
from portal.members.roles import SENTENCES
from portal.ui.components.tables import Column

COLUMNS = (
    Column(_("Name")),
    Column(_("Role")),
    Column(_("Last active")),
    Column(_("Two-step sign-in")),
)
INVITATION_COLUMNS = (
    Column(_("Email")),
    Column(_("Role")),
    Column(_("Good until")),
    Column(_("Actions"), "hidden"),
)


@require_safe
def people(request: PortalRequest, slug: str) -> HttpResponse:
    q = request.GET.get("q", "").strip()
    cursor = request.GET.get("cursor", "")
    page, invitations = parallel(
        lambda: request.platform.members.list(q=q, cursor=cursor),
        request.platform.invitations.list,
    )
    return render(
        request,
        "members/list.html",
        {
            "slug": slug,
            "page": page,
            "q": q,
            "columns": COLUMNS,
            "invitation_columns": INVITATION_COLUMNS,
            "is_long": bool(q or page.next_cursor or page.previous_cursor),
            # Each sending has a key of its own.
            "invitations": [(each, RelayForm(auto_id=False)) for each in invitations.results],
        },
    )


@require_safe
def person(request: PortalRequest, slug: str, member_id: UUID) -> HttpResponse:
    member = request.platform.members.get(member_id)
    return render(
        request,
        "members/person.html",
        {"slug": slug, "member": member, "sentence": SENTENCES[member.role]},
    )


@page_with_form
def change_role(request: PortalRequest, slug: str, member_id: UUID) -> HttpResponse:
    sent = RoleForm(request.POST or None)
    if sent.is_valid():
        with sent.relaying():
            changed = request.platform.members.change_role(
                member_id, role=sent.values["role"], idempotency_key=sent.key
            )
            if changed.you:
                # The list of people may be closed to them from now on.
                return see_other("dashboard:home", slug, notice="own-role-changed")
            return see_other("members:person", slug, member_id, notice="role-changed")
    member = request.platform.members.get(member_id)
    need("change-role", member.can)
    form = sent if sent.is_bound else RoleForm(initial={"role": member.role})
    form.offer(member.assignable_roles)
    return render(
        request,
        "members/change_role.html",
        {"slug": slug, "member": member, "form": form},
        status=form.status,
    )


@page_with_form
def revoke(request: PortalRequest, slug: str, member_id: UUID) -> HttpResponse:
    form = RevokeForm(request.POST or None)
    if form.is_valid():
        with form.relaying():
            request.platform.members.revoke(member_id, idempotency_key=form.key)
            return see_other("members:list", slug, notice="access-ended")
    member = request.platform.members.get(member_id)
    need("revoke", member.can)
    return render(
        request,
        "members/revoke.html",
        {"slug": slug, "member": member, "form": form},
        status=form.status,
    )
