from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.ui.styleguide import cast
from portal.ui.styleguide.sections import SECTIONS


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state. For those who build pages, so only where they do."""
    if not settings.DEBUG:
        raise Http404
    context = {**cast.context(), "request": request}
    return render(
        request,
        "ui/styleguide/page.html",
        {"sections": [(section, section.shown(context)) for section in SECTIONS]},
    )
