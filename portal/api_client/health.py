"""Whether the platform answers at all: asked outside the API, by nobody in particular."""

from __future__ import annotations

import requests
from django.conf import settings

TIMEOUT = 1.0


def platform_is_ready() -> bool:
    address = settings.PLATFORM_URL.rstrip("/") + "/health/ready"
    try:
        reply = requests.get(address, timeout=(TIMEOUT, TIMEOUT), allow_redirects=False)
    except requests.RequestException:
        return False
    return reply.status_code == 200
