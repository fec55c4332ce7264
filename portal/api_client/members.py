"""The people of a business, and those who are asked to join it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from portal.api_client import paths
from portal.api_client.calls import Calls


class MemberItem(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who belongs to the business, as a row of the list."""

    id: UUID
    name: str
    email: str
    role: str
    joined_at: datetime
    last_seen_at: datetime | None
    """When they used Tavola, in whatever business; None: they never have."""
    two_factor: bool
    you: bool
    """The visitor's own membership."""
    can: frozenset[str]
    """`change-role` and `revoke`; of one's own `change-role` and `leave`."""


class Member(MemberItem, frozen=True, kw_only=True):
    assignable_roles: tuple[str, ...]
    """What the visitor may make of them, the strongest first."""


class MemberPage(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[MemberItem, ...]
    next_cursor: str | None
    previous_cursor: str | None
    can: frozenset[str]
    """`invite`."""
    assignable_roles: tuple[str, ...]
    """What the visitor may invite people as, the strongest first."""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Open: neither accepted nor withdrawn."""

    id: UUID
    email: str
    role: str
    invited_by: str
    created_at: datetime
    expires_at: datetime
    expired: bool
    """Its link opens nothing any more; it can be sent again."""
    can: frozenset[str]
    """`resend`, `withdraw`."""


class InvitationList(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Invitation, ...]
    can: frozenset[str]


class InvitationPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What the link in the mail is about, for whoever has it."""

    tenant_name: str
    invited_by: str
    email: str
    role: str
    expires_at: datetime
    has_account: bool


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    slug: str
    name: str
    role: str


class Members:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self, *, q: str = "", cursor: str = "", limit: int = 0) -> MemberPage:
        query = {"q": q, "cursor": cursor, "limit": str(limit or "")}
        return self._calls.fetch(paths.LIST_MEMBERS, MemberPage, query=query)

    def get(self, id: UUID) -> Member:  # noqa: A002 -- it is the member's `id`
        return self._calls.fetch(paths.GET_MEMBER, Member, parts={"id": id})

    def change_role(self, id: UUID, *, role: str, idempotency_key: str) -> Member:  # noqa: A002
        return self._calls.fetch(
            paths.UPDATE_MEMBER,
            Member,
            parts={"id": id},
            json={"role": role},
            idempotency_key=idempotency_key,
        )

    def revoke(self, id: UUID, *, idempotency_key: str) -> None:  # noqa: A002
        self._calls.send(paths.REVOKE_MEMBER, parts={"id": id}, idempotency_key=idempotency_key)

    def leave(self, slug: str, *, idempotency_key: str) -> None:
        self._calls.send(paths.LEAVE_TENANT, parts={"slug": slug}, idempotency_key=idempotency_key)


class Invitations:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self) -> InvitationList:
        return self._calls.fetch(paths.LIST_INVITATIONS, InvitationList)

    def create(self, *, email: str, role: str, idempotency_key: str) -> Invitation:
        return self._calls.fetch(
            paths.CREATE_INVITATION,
            Invitation,
            json={"email": email, "role": role},
            idempotency_key=idempotency_key,
        )

    def send_again(self, id: UUID, *, idempotency_key: str) -> None:  # noqa: A002
        self._calls.send(
            paths.SEND_INVITATION_AGAIN,
            parts={"id": id},
            json={},
            idempotency_key=idempotency_key,
        )

    def withdraw(self, id: UUID) -> None:  # noqa: A002
        self._calls.send(paths.WITHDRAW_INVITATION, parts={"id": id})

    def preview(self, token: str) -> InvitationPreview:
        """Nobody has to be signed in; who is will be known after it."""
        return self._calls.fetch(
            paths.PREVIEW_INVITATION,
            InvitationPreview,
            json={"token": token},
            without_session=not self._calls.visitor.session_token,
        )

    def accept(self, token: str, *, idempotency_key: str) -> Joined:
        return self._calls.fetch(
            paths.ACCEPT_INVITATION,
            Joined,
            json={"token": token},
            idempotency_key=idempotency_key,
        )
