"""What can stand in the way of a change to a client app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from backend.common.problems import Problem


class AppNotFound(Problem):
    status_code = 404
    code = "app-not-found"
    title = "App not found"


class AppKeyNotFound(Problem):
    status_code = 404
    code = "app-key-not-found"
    title = "This app has no such key"


class AppRevoked(Problem):
    status_code = 409
    code = "app-revoked"
    title = "This app has been revoked"


class TooManyApps(Problem):
    status_code = 409
    code = "too-many-apps"
    title = "There are 50 apps already; revoke one that is no longer used"


class TooManyAppKeys(Problem):
    status_code = 409
    code = "too-many-app-keys"
    title = "This app has 10 usable keys already; revoke one that is no longer used"


class AppNameTaken(ValidationError):
    def __init__(self) -> None:
        detail = str(_("There is an app of this name already."))
        super().__init__({"name": [ErrorDetail(detail, "unique")]})


class ScopesBeyondYours(ValidationError):
    """Nobody gives an app more than they may do themselves."""

    def __init__(self) -> None:
        detail = str(_("You can't give an app what you may not do yourself."))
        super().__init__({"scopes": [ErrorDetail(detail, "beyond-yours")]})
