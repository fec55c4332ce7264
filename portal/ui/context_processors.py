from django.conf import settings
from django.http import HttpRequest


def ui(request: HttpRequest) -> dict[str, bool]:
    """What every page needs to know besides its own data: whether writing is switched off."""
    return {"read_only": settings.PORTAL_READ_ONLY}
