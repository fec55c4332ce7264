"""The shared parts of every API endpoint."""

from backend.common.api.pagination import KeysetPage
from backend.common.api.serializers import StrictSerializer, checked
from backend.common.api.views import ApiView
from backend.common.caller import Caller
from backend.common.problems import Problem

__all__ = ["ApiView", "Caller", "KeysetPage", "Problem", "StrictSerializer", "checked"]
