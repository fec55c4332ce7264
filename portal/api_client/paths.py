"""Every operation of the platform that the portal calls, in one table.

`python -m portal.api_client` prints it as JSON, so that a test on the platform's side can resolve
each of them without importing the portal.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

PREFIX = "/api/v1/"


class Operation(NamedTuple):
    """A method on a path below `/api/v1/`; `{names}` in it are filled at each call.

    What handles a whole file may take longer than a page.
    """

    method: str
    path: str
    takes_longer: bool = False

    def url(self, **parts: object) -> str:
        quoted = {name: quote(str(part), safe="") for name, part in parts.items()}
        return PREFIX + self.path.format_map(quoted)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


GET_ME = Operation("GET", "me/")
UPDATE_ME = Operation("PATCH", "me/")
LIST_SESSIONS = Operation("GET", "me/sessions/")
END_SESSION = Operation("DELETE", "me/sessions/{id}/")
END_OTHER_SESSIONS = Operation("DELETE", "me/sessions/")

SIGN_IN = Operation("POST", "auth/login/")
SIGN_OUT = Operation("DELETE", "auth/session/")
SIGN_UP = Operation("POST", "auth/signup/")
VERIFY_EMAIL = Operation("POST", "auth/email/verify/")
RESEND_EMAIL_CODE = Operation("POST", "auth/email/verify/resend/")
SECOND_FACTOR = Operation("POST", "auth/2fa/authenticate/")
REQUEST_PASSWORD_RESET = Operation("POST", "auth/password/request/")
RESET_PASSWORD = Operation("POST", "auth/password/reset/")
CONFIRM_PASSWORD = Operation("POST", "auth/reauthenticate/")
CHANGE_PASSWORD = Operation("POST", "auth/account/password/")
GET_EMAIL = Operation("GET", "auth/account/email/")
CHANGE_EMAIL = Operation("POST", "auth/account/email/")
LIST_AUTHENTICATORS = Operation("GET", "auth/account/authenticators/")
GET_TOTP = Operation("GET", "auth/account/authenticators/totp/")
ACTIVATE_TOTP = Operation("POST", "auth/account/authenticators/totp/")
DEACTIVATE_TOTP = Operation("DELETE", "auth/account/authenticators/totp/")
GET_RECOVERY_CODES = Operation("GET", "auth/account/authenticators/recovery-codes/")
MAKE_RECOVERY_CODES = Operation("POST", "auth/account/authenticators/recovery-codes/")

LIST_COUNTRIES = Operation("GET", "countries/")
REGISTER_TENANT = Operation("POST", "tenants/")
GET_TENANT = Operation("GET", "tenant/")
UPDATE_TENANT = Operation("PATCH", "tenant/")
LIST_TRANSITIONS = Operation("GET", "tenant/transitions/")
GET_PROVISIONING = Operation("GET", "tenant/provisioning/")
START_PROVISIONING = Operation("POST", "tenant/provisioning/")

LIST_MEMBERS = Operation("GET", "members/")
GET_MEMBER = Operation("GET", "members/{id}/")
UPDATE_MEMBER = Operation("PATCH", "members/{id}/")
REVOKE_MEMBER = Operation("DELETE", "members/{id}/")
LEAVE_TENANT = Operation("DELETE", "me/memberships/{slug}/")
LIST_INVITATIONS = Operation("GET", "invitations/")
CREATE_INVITATION = Operation("POST", "invitations/")
SEND_INVITATION_AGAIN = Operation("POST", "invitations/{id}/mails/")
WITHDRAW_INVITATION = Operation("DELETE", "invitations/{id}/")
PREVIEW_INVITATION = Operation("POST", "invitations/preview/")
ACCEPT_INVITATION = Operation("POST", "invitations/acceptance/")

LIST_CUSTOMERS = Operation("GET", "crm/customers/")
CREATE_CUSTOMER = Operation("POST", "crm/customers/")
GET_CUSTOMER = Operation("GET", "crm/customers/{id}/")
UPDATE_CUSTOMER = Operation("PATCH", "crm/customers/{id}/")
DELETE_CUSTOMER = Operation("DELETE", "crm/customers/{id}/")
LIST_NOTES = Operation("GET", "crm/customers/{id}/notes/")
ADD_NOTE = Operation("POST", "crm/customers/{id}/notes/")
DELETE_NOTE = Operation("DELETE", "crm/customers/{id}/notes/{note_id}/")
MERGE_CUSTOMER = Operation("POST", "crm/customers/{id}/merges/")
ERASE_CUSTOMER = Operation("POST", "crm/customers/{id}/erasure/")
LIST_TAGS = Operation("GET", "crm/tags/")
IMPORT_CUSTOMERS = Operation("POST", "crm/imports/", takes_longer=True)
LIST_IMPORTS = Operation("GET", "crm/imports/")
GET_IMPORT = Operation("GET", "crm/imports/{id}/")
EXPORT_CUSTOMERS = Operation("GET", "crm/exports/customers/", takes_longer=True)

LIST_CLIENT_APPS = Operation("GET", "client-apps/")
CREATE_CLIENT_APP = Operation("POST", "client-apps/")
GET_CLIENT_APP = Operation("GET", "client-apps/{id}/")
UPDATE_CLIENT_APP = Operation("PATCH", "client-apps/{id}/")
REVOKE_CLIENT_APP = Operation("DELETE", "client-apps/{id}/")
ROTATE_APP_KEY = Operation("POST", "client-apps/{id}/keys/")
REVOKE_APP_KEY = Operation("DELETE", "client-apps/{id}/keys/{key_id}/")

LIST_AUDIT_EVENTS = Operation("GET", "audit-events/")

LIST_EXPORTS = Operation("GET", "tenant/exports/")
CREATE_EXPORT = Operation("POST", "tenant/exports/")
LINK_EXPORT = Operation("POST", "tenant/exports/{id}/link/")

LIST_DATABASE_CONFIGS = Operation("GET", "database-configs/")
CREATE_DATABASE_CONFIG = Operation("POST", "database-configs/")
GET_DATABASE_CONFIG = Operation("GET", "database-configs/{id}/")
UPDATE_DATABASE_CONFIG = Operation("PATCH", "database-configs/{id}/")
DELETE_DATABASE_CONFIG = Operation("DELETE", "database-configs/{id}/")
VALIDATE_DATABASE_CONFIG = Operation("POST", "database-configs/{id}/validation/")
LIST_DATABASE_VALIDATIONS = Operation("GET", "database-configs/{id}/validations/")

LIST_PLANS = Operation("GET", "plans/")
LIST_SERVICES = Operation("GET", "services/")
ORDER_SERVICE = Operation("POST", "services/")
GET_SERVICE = Operation("GET", "services/{id}/")
QUOTE_PLAN_CHANGE = Operation("GET", "services/{id}/plan-change/")
CHANGE_PLAN = Operation("POST", "services/{id}/plan-change/")
WITHDRAW_PLAN_CHANGE = Operation("DELETE", "services/{id}/plan-change/")
CANCEL_SERVICE = Operation("POST", "services/{id}/cancellation/")
WITHDRAW_CANCELLATION = Operation("DELETE", "services/{id}/cancellation/")

GET_BILLING = Operation("GET", "billing/")
LIST_INVOICES = Operation("GET", "invoices/")
GET_INVOICE = Operation("GET", "invoices/{id}/")
LINK_INVOICE = Operation("POST", "invoices/{id}/link/")
LIST_CREDIT_NOTES = Operation("GET", "credit-notes/")
GET_CREDIT_NOTE = Operation("GET", "credit-notes/{id}/")
LINK_CREDIT_NOTE = Operation("POST", "credit-notes/{id}/link/")
LIST_PAYMENTS = Operation("GET", "payments/")
BEGIN_PAYMENT = Operation("POST", "payments/")
GET_PAYMENT = Operation("GET", "payments/{id}/")
PAY_BY_CARD = Operation("POST", "payments/{id}/card/")
GET_STATEMENT = Operation("GET", "statement/")

GET_TICKET_OPTIONS = Operation("GET", "ticket-options/")
GET_TICKET_SUMMARY = Operation("GET", "tickets/summary/")
LIST_TICKETS = Operation("GET", "tickets/")
OPEN_TICKET = Operation("POST", "tickets/")
GET_TICKET = Operation("GET", "tickets/{id}/")
LIST_TICKET_MESSAGES = Operation("GET", "tickets/{id}/messages/")
REPLY_TO_TICKET = Operation("POST", "tickets/{id}/messages/")
CLOSE_TICKET = Operation("POST", "tickets/{id}/closure/")
REOPEN_TICKET = Operation("POST", "tickets/{id}/reopening/")
READ_TICKET = Operation("POST", "tickets/{id}/reading/")
ANNOUNCE_ATTACHMENT = Operation("POST", "tickets/attachments/")
LINK_ATTACHMENT = Operation("POST", "tickets/{id}/attachments/{attachment_id}/link/")

GET_DASHBOARD = Operation("GET", "reports/dashboard/")

OPERATIONS = tuple(value for value in list(globals().values()) if isinstance(value, Operation))


def all_paths() -> list[dict[str, str]]:
    """Every operation as `{"method", "path"}`, the path complete, `{names}` left in."""
    return [{"method": each.method, "path": PREFIX + each.path} for each in OPERATIONS]
