"""The platform as one visitor sees it: `request.platform`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from portal.api_client.audit import Audit
from portal.api_client.auth import Auth
from portal.api_client.billing import Billing
from portal.api_client.calls import Calls, Visitor
from portal.api_client.client_apps import ClientApps
from portal.api_client.customers import Customers
from portal.api_client.database_configs import DatabaseConfigs
from portal.api_client.exports import Exports
from portal.api_client.me import Me
from portal.api_client.members import Invitations, Members
from portal.api_client.reports import Reports
from portal.api_client.services import Services
from portal.api_client.tenants import Tenants
from portal.api_client.tickets import Tickets
from portal.api_client.viewer import Viewer


class Platform:
    """The platform's resources by area, each call made on behalf of one visitor."""

    def __init__(self, visitor: Visitor, on_viewer: Callable[[Viewer], None]) -> None:
        self._calls = Calls(visitor, on_viewer)

    @cached_property
    def auth(self) -> Auth:
        return Auth(self._calls)

    @cached_property
    def me(self) -> Me:
        return Me(self._calls)

    @cached_property
    def tenants(self) -> Tenants:
        return Tenants(self._calls)

    @cached_property
    def members(self) -> Members:
        return Members(self._calls)

    @cached_property
    def invitations(self) -> Invitations:
        return Invitations(self._calls)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self._calls)

    @cached_property
    def customers(self) -> Customers:
        return Customers(self._calls)

    @cached_property
    def client_apps(self) -> ClientApps:
        return ClientApps(self._calls)

    @cached_property
    def database_configs(self) -> DatabaseConfigs:
        return DatabaseConfigs(self._calls)

    @cached_property
    def exports(self) -> Exports:
        return Exports(self._calls)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self._calls)

    @cached_property
    def services(self) -> Services:
        return Services(self._calls)

    @cached_property
    def billing(self) -> Billing:
        return Billing(self._calls)

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(self._calls)
