"""The contract's examples, as the API's documentation shows them."""

from __future__ import annotations

import json

from django.conf import settings
from drf_spectacular.utils import OpenApiExample


def examples(*names: str) -> list[OpenApiExample]:
    """From ``docs/api/examples``, where tests hold them against real answers.

    A deployed image has no ``docs`` folder: there the descriptions stand alone.
    """
    found = []
    for name in names:
        path = settings.ROOT_DIR / "docs" / "api" / "examples" / f"{name}.json"
        if not path.exists():
            continue
        case = json.loads(path.read_text())
        status = str(case["status"])
        if case.get("request") is not None:
            found.append(
                OpenApiExample(f"{name}-request", value=case["request"], request_only=True)
            )
        if case.get("response") is not None:
            found.append(
                OpenApiExample(
                    name, value=case["response"], response_only=True, status_codes=[status]
                )
            )
    return found
