"""Files with messages: fetched by their readers, and sent straight from browsers that can."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.api_client.errors import Conflict
from portal.common.http import PortalRequest, see_other
from portal.common.large_bodies import LARGEST_FILE
from portal.tickets.forms import Kept
from portal.tickets.uploads import FileRefused
from portal.tickets.uploads import announce as announce_file

NOT_YET = {
    "attachment-not-ready": "attachment-checking",
    "attachment-refused": "attachment-refused",
}


class AnnouncementForm(forms.Form):
    filename = forms.CharField(max_length=1000)
    size = forms.IntegerField()
    key = forms.CharField(max_length=64)


@require_POST
def download(
    request: PortalRequest, slug: str, ticket_id: UUID, attachment_id: UUID
) -> HttpResponse:
    """A page that leads on to the file at once.

    A redirect won't do: browsers hold the answer to a form to the policy of where forms may go,
    and files lie elsewhere.
    """
    try:
        link = request.platform.tickets.link(ticket_id, attachment_id)
    except Conflict as conflict:
        if conflict.code not in NOT_YET:
            raise
        return see_other("tickets:detail", slug, ticket_id, notice=NOT_YET[conflict.code])
    return render(
        request, "tickets/attachment.html", {"slug": slug, "ticket_id": ticket_id, "link": link}
    )


@require_POST
def announce(request: PortalRequest, slug: str) -> JsonResponse:
    """For the script that sends a file straight into the store: where to, and how.

    `{"value": what the form then sends along, "name", "size", "upload": {method, url, headers}}`,
    or 422 with `{"error": a sentence}`.
    """
    form = AnnouncementForm(request.POST)
    if not form.is_valid():
        return _refused(_("This file can’t be taken."))
    name, size = form.cleaned_data["filename"], form.cleaned_data["size"]
    if size < 1:
        return _refused(_("“%(file)s” is empty.") % {"file": name})
    if size > LARGEST_FILE:
        return _refused(_("“%(file)s” is larger than 20 MB.") % {"file": name})
    tickets = request.platform.tickets
    try:
        announced = announce_file(
            tickets,
            tickets.options().attachments,
            filename=name,
            size=size,
            key=form.cleaned_data["key"],
        )
    except FileRefused as refused:
        return _refused(str(refused))
    return JsonResponse(
        {
            "value": str(Kept(announced.id, announced.size, announced.filename)),
            "name": announced.filename,
            "size": filesizeformat(announced.size),
            "upload": {
                "method": announced.upload.method,
                "url": announced.upload.url,
                "headers": announced.upload.headers,
            },
        }
    )


def _refused(sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=422)
