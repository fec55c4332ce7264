"""A strict policy for all that is data, and a looser one for the few addresses that are pages."""

from __future__ import annotations

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class PolicyByPathMiddleware(CSPMiddleware):
    """`CONTENT_SECURITY_POLICY`, unless the path begins with a key of `PAGE_POLICIES`."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if parts.config is None and not report_only:
            for prefix, directives in settings.PAGE_POLICIES.items():
                if request.path.startswith(prefix):
                    parts.config = directives
        return parts
