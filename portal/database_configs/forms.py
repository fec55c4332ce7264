"""Forms about databases. Syntax is checked here; what may be connected to, the platform decides."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.edits import EditForm
from portal.common.forms import LinesField, RelayForm
from portal.ui.widgets import Choice, DescribedRadios

FIELDS: Final = ("name", "host", "port", "database", "user", "tls_mode", "ca_certificate")
LONGEST_IDENTIFIER: Final = 63
HOST: Final = re.compile(r"\[?[0-9A-Za-z.:-]+\]?")
CERTIFICATES: Final = re.compile(
    r"(\s*-----BEGIN CERTIFICATE-----[0-9A-Za-z+/=\s]+-----END CERTIFICATE-----\s*)+"
)
TLS_CHOICES: Final = (
    (
        "verify-full",
        Choice(
            _("Encrypted, certificate and host name verified"),
            _("Nobody reads along, and nobody can pose as your server. Take this if you can."),
        ),
    ),
    (
        "verify-ca",
        Choice(
            _("Encrypted, certificate verified"),
            _(
                "For a server whose certificate has another name. Needs the certificate of your "
                "own authority."
            ),
        ),
    ),
    (
        "require",
        Choice(
            _("Encrypted, nothing verified"),
            _("Nobody reads along by chance, but somebody could pose as your server."),
        ),
    ),
    (
        "disable",
        Choice(
            _("Not encrypted"),
            _("Whoever is in between reads everything. Only within a network of your own."),
        ),
    ),
)
AGAIN: Final = _("Nobody keeps what you typed here, so please enter it once more.")


class DatabaseForm(RelayForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("So that you know it again: Bookkeeping, Till system."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    host = forms.CharField(
        label=_("Host"),
        max_length=253,
        help_text=_("A name such as db.example.com, or an address on the internet."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    port = forms.IntegerField(
        label=_("Port"),
        min_value=1,
        max_value=65535,
        initial=5432,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    database = forms.CharField(
        label=_("Database"),
        max_length=LONGEST_IDENTIFIER,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    user = forms.CharField(
        label=_("User"),
        max_length=LONGEST_IDENTIFIER,
        help_text=_("Best one that is there for Tavola alone."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    secret = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        help_text=_("Kept encrypted, and never shown again."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    tls_mode = forms.ChoiceField(
        label=_("Encryption"), choices=TLS_CHOICES, initial="verify-full", widget=DescribedRadios
    )
    ca_certificate = LinesField(
        label=_("Certificate of your own authority"),
        max_length=20_000,
        required=False,
        help_text=_("Only where the server’s certificate isn’t by a public one. In PEM format."),
        widget=forms.Textarea(
            {
                "rows": 4,
                "cols": 40,
                "spellcheck": "false",
                "placeholder": "-----BEGIN CERTIFICATE-----",
            }
        ),
    )

    error_texts = {
        "unique": _("You have a database of this name already."),
        "path": _("Please enter a host name, not a path."),
        "several": _("Please enter one host only."),
        "zone": _("An address with a zone is only valid within one network."),
        "number": _("Please write the address as four numbers, such as 198.51.100.7."),
        "syntax": _("This isn’t a host name. It looks like db.example.com."),
        "address-refused": _("We only connect to addresses on the internet, and this isn’t one."),
        "control": _("There’s a character in it that can’t be seen."),
        "needed": _("This kind of encryption needs the certificate of your own authority."),
        "certificate": _("This isn’t a certificate in PEM format."),
        "private-key": _("There’s a private key in it. Keep that; the certificate is enough."),
        "too-many": _("These are more certificates than can be kept."),
        "needed-again": _(
            "For another host or port, please enter the password again: so it never goes to a "
            "server that you didn’t mean."
        ),
        "database-config-limit-reached": _(
            "You have ten databases, which is as many as there can be. Delete one first."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        port = self.fields["port"].error_messages
        # Not yet a str: only the platform's first reply brings the visitor's language.
        outside: Any = _("A port is a whole number from 1 to 65535.")
        port |= dict.fromkeys(("invalid", "min_value", "max_value"), outside)
        for validator in self.fields["port"].validators:
            validator.message = outside  # type: ignore[attr-defined] # of the limits

    def clean_host(self) -> str:
        host: str = self.cleaned_data["host"]
        for sign, code in (("/", "path"), (",", "several"), ("%", "zone")):
            if sign in host:
                raise self._objection(code)
        if not HOST.fullmatch(host):
            raise self._objection("syntax")
        return host.lower()

    def clean_ca_certificate(self) -> str:
        text: str = self.cleaned_data["ca_certificate"]
        if "PRIVATE KEY" in text:
            raise self._objection("private-key")
        if text and not CERTIFICATES.fullmatch(text):
            raise self._objection("certificate")
        return text

    def clean(self) -> None:
        given = self.cleaned_data
        if given.get("tls_mode") == "verify-ca" and given.get("ca_certificate") == "":
            self.add_error("ca_certificate", self._objection("needed"))

    def add_error(self, field: str | None, error: Any) -> None:
        """What was typed as the password isn't sent back to the page: it has to be typed again."""
        super().add_error(field, error)
        if self.data.get("secret"):
            self["secret"].help_text = AGAIN

    def _objection(self, code: str) -> ValidationError:
        return ValidationError(str(self.error_texts[code]), code=code)


class DatabaseEditForm(EditForm, DatabaseForm):
    edited = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        secret = self.fields["secret"]
        secret.required = False
        secret.help_text = _("Leave it empty to keep the one that is stored.")

    @property
    def changes(self) -> dict[str, Any]:
        """An empty password is none: the stored one stays."""
        secret = self.cleaned_data["secret"]
        return super().changes | ({"secret": secret} if secret else {})
