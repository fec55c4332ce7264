"""Whether the platform answers at all: asked outside the API, by nobody in particular."""

from __future__ import annotations

import urllib3
from django.conf import settings

TIMEOUT = 1.0


def platform_is_ready() -> bool:
    address = settings.PLATFORM_URL.rstrip("/") + "/health/ready"
    try:
        reply = urllib3.request("GET", address, timeout=TIMEOUT, redirect=False, retries=False)
    except urllib3.exceptions.HTTPError:
        return False
    return reply.status == 200
