"""Staff's view of people and of where they are signed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from backend.accounts.models import Person, Session
from backend.accounts.second_factor import has_second_factor, remove_second_factor
from backend.accounts.sessions import end_sessions
from backend.common.admin import (
    ModelAdmin,
    ReadOnly,
    link_to,
    link_to_list,
    linked,
    submitted,
)
from backend.common.admin_actions import Answers, asks_first


class AddPersonForm(forms.ModelForm):
    def clean_email(self) -> str:
        """Said here: the form compares with what is stored before the model puts it right."""
        email = Person.normalise_email(self.cleaned_data["email"])
        if Person.objects.filter(email=email).exists():
            raise forms.ValidationError("There is a person with this address already.", "unique")
        return email


@admin.register(Person)
class PersonAdmin(ModelAdmin):
    """No password is shown, set or sent: people set theirs with a code from their mailbox.

    Only a superuser decides who is staff and what staff may do; else whoever may edit people could
    make themselves one.
    """

    list_display = ("title", "state", "staff", "signed_in", "language", "last_login", "created_at")
    list_filter = ("is_active", "is_staff", "language")
    search_fields = ("email", "name")
    search_help_text = "Email address or name"
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": (("name", "email"), ("language", "state"))}),
        ("Staff", {"fields": (("is_staff", "is_superuser"), "groups")}),
        ("Record", {"fields": (("id", "signed_in"), ("created_at", "last_login"))}),
    )
    add_fieldsets = (
        (None, {"fields": (("name", "email"), "language")}),
        ("Staff", {"fields": (("is_staff", "is_superuser"), "groups")}),
    )
    readonly_fields = ("id", "state", "signed_in", "created_at", "last_login")
    filter_horizontal = ("groups",)
    actions_detail = ("end_all_sessions", "remove_second_factor", "deactivate", "activate")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        live = Session.objects.live().filter(person_id=OuterRef("pk")).order_by()
        count = live.values("person_id").annotate(number=Count("pk")).values("number")
        return (
            super()
            .get_queryset(request)
            .annotate(
                sessions_count=Coalesce(Subquery(count, output_field=IntegerField()), 0),
            )
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = AddPersonForm
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An address is confirmed by its owner, so that it isn't changed here."""
        fields: tuple[str, ...] = (*self.readonly_fields, "email") if obj else ()
        if not request.user.is_superuser:
            fields += ("is_staff", "is_superuser", "groups")
        return fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def offers(self, action: str, row: Person) -> bool:
        offered = {
            "end_all_sessions": row.sessions.exists(),
            "remove_second_factor": has_second_factor(row),
            "deactivate": row.is_active,
            "activate": not row.is_active,
        }
        return offered[action]

    def row_for(self, action: str, request: HttpRequest, object_id: str) -> Person:
        person: Person = super().row_for(action, request, object_id)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        return person

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            obj.set_unusable_password()
            obj.register()

    @display(description="person", ordering="email", header=True)
    def title(self, person: Person) -> tuple[str, str]:
        return person.name, person.email

    @display(description="state", label={"active": "success", "inactive": "warning"})
    def state(self, person: Person) -> str:
        return "active" if person.is_active else "inactive"

    @display(description="staff", label={"superuser": "info", "staff": "info"})
    def staff(self, person: Person) -> str | None:
        if person.is_superuser:
            return "superuser"
        return "staff" if person.is_staff else None

    @display(description="signed in")
    def signed_in(self, person: Any) -> SafeString:
        return link_to_list(
            "accounts.session", str(person.sessions_count), person__id__exact=person.pk
        )

    @asks_first(
        "End all sessions",
        permission="accounts.change_person",
        title="End all sessions of {row}",
        explanation="They are signed out of the portal and the staff admin at once, and can sign "
        "in again.",
        icon="logout",
    )
    def end_all_sessions(self, request: HttpRequest, person: Person, answers: Answers) -> str:
        end_sessions(person.pk)
        return f"{person} is signed out everywhere."

    @asks_first(
        "Remove second factor",
        permission="accounts.change_person",
        title="Remove the second factor of {row}",
        explanation="For somebody who lost both the phone and the recovery codes. Make sure that "
        "it is them who asks. They are signed out everywhere, and told by mail.",
        icon="phonelink_erase",
        is_grave=True,
    )
    def remove_second_factor(self, request: HttpRequest, person: Person, answers: Answers) -> str:
        remove_second_factor(person)
        return f"{person} signs in by password alone."

    @asks_first(
        "Deactivate",
        permission="accounts.change_person",
        explanation="They are signed out at once and can’t sign in any more, in no tenant. Their "
        "memberships and what they did stay, and it can be undone.",
        icon="person_off",
        is_grave=True,
    )
    def deactivate(self, request: HttpRequest, person: Person, answers: Answers) -> str:
        if person.pk == request.user.pk:
            raise PermissionDenied
        person.deactivate()
        return f"{person} is locked out."

    @asks_first(
        "Activate",
        permission="accounts.change_person",
        explanation="They can sign in again with the password that they had.",
        icon="person_check",
    )
    def activate(self, request: HttpRequest, person: Person, answers: Answers) -> str:
        person.activate()
        return f"{person} can sign in again."


class StillGoing(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("live", "live"), ("over", "over")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "live":
                return queryset.live()
            case "over":
                return queryset.expired()
        return queryset


@admin.register(Session)
class SessionAdmin(ReadOnly, ModelAdmin):
    """Where people are signed in; nothing of what is stored of a token or held by a session."""

    list_display = (
        linked("person", order="person__email"), "where", "address", "last_seen_at", "created_at",
        "expire_date", "user_agent",
    )  # fmt: skip
    list_display_links = ("last_seen_at",)
    list_filter = (StillGoing, "surface")
    list_select_related = ("person",)
    search_fields = ("person__email", "person__name")
    search_help_text = "The person’s email address or name"
    ordering = ("-last_seen_at",)
    fields = (
        ("person_link", "where"), ("address", "user_agent"), ("created_at", "last_seen_at"),
        "expire_date",
    )  # fmt: skip
    readonly_fields = (
        "person_link", "where", "address", "user_agent", "created_at", "last_seen_at",
        "expire_date",
    )  # fmt: skip
    actions_detail = ("end",)

    @display(description="where", ordering="surface", label={"portal": "", "staff": "info"})
    def where(self, session: Session) -> tuple[str, str]:
        return session.surface, session.get_surface_display()

    @display(description="person")
    def person_link(self, session: Session) -> SafeString | None:
        return link_to(session.person)

    @action(
        description="End session",
        permissions=["accounts.delete_session"],
        icon="logout",
        variant=ActionVariant.DANGER,
    )
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        session = self.row_for("end", request, object_id)
        form = forms.Form(submitted(request))
        whose = session.person or "nobody yet"
        if form.is_valid():
            with transaction.atomic():
                self.log_deletions(request, [session])
                session.delete()
            messages.success(request, f"The session of {whose} is over.")
            return HttpResponseRedirect(reverse("admin:accounts_session_changelist"))
        return self.action_page(
            request,
            session,
            form,
            title=f"End the session of {whose}",
            explanation="Whoever holds it is signed out at once, and can sign in again.",
            submit="End session",
            is_grave=True,
        )
