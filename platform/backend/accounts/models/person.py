"""People who sign in: members of tenants, and the operator's staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Collate, Lower
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> PersonQuerySet:
        return self.filter(is_active=True)


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=Person.normalise_email(username or ""))

    def create_user(
        self, email: str, password: str | None = None, *, verified: bool = False, **fields: Any
    ) -> Person:
        """Make a person; `verified` when somebody vouches for the address: no code is due then."""
        person = self.model(email=Person.normalise_email(email), **fields)
        person.set_password(password)
        person.register(verified=verified)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        return self.create_user(
            email, password, verified=True, is_staff=True, is_superuser=True, **fields
        )


class Person(AbstractBaseUser, PermissionsMixin):
    """One login for every tenant that the person belongs to.

    The address is kept in lower case, so that the unique index is also the rule
    "one account per address, however it is typed", without any extension.
    """

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        GERMAN = "de", _("German")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("email address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May sign in to the staff admin.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("An inactive person can't sign in anywhere.")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True, editable=False)

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[PersonManager] = PersonManager.from_queryset(PersonQuerySet)()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (
            models.CheckConstraint(
                # The "C" collation lower-cases ASCII only, alike in every database; the
                # rest is Python's doing.
                condition=models.Q(email=Lower(Collate("email", "C"))),
                name="accounts_person_email_lower",
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=("en", "de")), name="accounts_person_language"
            ),
        )

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.normalise_email(self.email)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def register(self, *, verified: bool = False) -> None:
        """Save a new person, and with them what is known of their address."""
        from allauth.account.models import EmailAddress

        with transaction.atomic():
            self.save(force_insert=True)
            EmailAddress.objects.create(
                user=self, email=self.email, verified=verified, primary=True
            )

    def deactivate(self) -> None:
        """Lock the person out, everywhere and at once. What they did stays theirs."""
        with transaction.atomic():
            self.is_active = False
            self.save(update_fields=["is_active"])
            self.sessions.all().delete()

    def activate(self) -> None:
        self.is_active = True
        self.save(update_fields=["is_active"])

    @staticmethod
    def normalise_email(email: str) -> str:
        return email.strip().lower()
