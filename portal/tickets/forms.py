"""Forms of the ticket pages. Files that are in the store already come along as checked boxes, so
that a refused form neither loses them nor sends them twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from portal.api_client.tickets import Announced, TicketOptions
from portal.common.forms import LinesField, RelayForm
from portal.tickets.words import priority_choice
from portal.ui.widgets import Choice, DescribedCheckboxes, DescribedRadios

MOST_FILES: Final = 10
NORMAL: Final = "normal"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is in the store and waits for its message."""

    id: UUID
    size: int
    filename: str

    def __str__(self) -> str:
        """As the form carries it."""
        return f"{self.id} {self.size} {self.filename}"

    @classmethod
    def read(cls, text: str) -> Kept | None:
        number, _space, rest = text.partition(" ")
        size, _space, filename = rest.partition(" ")
        try:
            return cls(UUID(number), int(size), filename)
        except ValueError:
            return None


class KeptField(forms.MultipleChoiceField):
    """Whatever comes back is a choice: the platform knows whose each file is."""

    widget = DescribedCheckboxes

    def offer(self, kept: Iterable[Kept]) -> None:
        self.choices = [
            (str(each), Choice(each.filename, filesizeformat(each.size))) for each in kept
        ]

    def clean(self, value: Any) -> list[Kept]:
        read = [Kept.read(each) for each in value or ()]
        return list({each.id: each for each in read if each}.values())


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return files.getlist(name) if files else []


class FilesField(forms.FileField):
    def clean(self, value: Any, initial: Any = None) -> list[UploadedFile]:
        return list(value)


class MessageForm(RelayForm):
    body = LinesField(
        label=_("Your message"),
        widget=forms.Textarea({"rows": 5, "cols": 40}),
        help_text=_("**bold**, *italic*, “- ” for lists, “> ” for quotes, ``` for code."),
    )
    attachments = KeptField(label=_("Files that go along"), required=False)
    uploads = FilesField(
        label=_("Add files"),
        required=False,
        widget=ManyFiles({"multiple": True}),
        help_text=_("Photos, PDF, text and tables: up to 10 files of at most 20 MB each."),
    )

    error_texts = {
        "ticket-closed": _(
            "The ticket was closed meanwhile. Your message isn’t sent yet: send it once more, and "
            "the ticket is reopened with it."
        ),
        "transition-refused": _(
            "The ticket is open again already. Your message isn’t sent yet: please send it once "
            "more."
        ),
        "ticket-merged": _(
            "The ticket goes on in this one. Your message isn’t sent yet: send it here."
        ),
        "attachments-unknown": _(
            "A file went missing, or was sent with another message already. Please take it out, or "
            "choose it again."
        ),
        "limit-reached": _(
            "Your business has as many open tickets as its plan includes. Close one that is done, "
            "or write in one that is open."
        ),
    }
    field_names = {"invoice": "", "service": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            given = cast("QueryDict", self.data).getlist("attachments")
            self.kept_field.offer(self.kept_field.clean(given))

    @property
    def kept_field(self) -> KeptField:
        return cast("KeptField", self.fields["attachments"])

    @property
    def kept(self) -> list[Kept]:
        kept: list[Kept] = self.cleaned_data.get("attachments", [])
        return kept

    @property
    def attachment_ids(self) -> list[UUID]:
        return [each.id for each in self.kept]

    @property
    def new_files(self) -> Sequence[UploadedFile]:
        files: Sequence[UploadedFile] = self.cleaned_data.get("uploads", ())
        return files

    def keep(self, announced: Announced) -> None:
        """The file is in the store: from now on it comes along by its id."""
        kept = {each.id: each for each in self.kept}
        kept[announced.id] = Kept(announced.id, announced.size, announced.filename)
        self.cleaned_data["attachments"] = list(kept.values())
        data = cast("QueryDict", self.data).copy()
        data.setlist("attachments", [str(each) for each in kept.values()])
        self.data = data
        self.kept_field.offer(kept.values())


class TicketForm(MessageForm):
    """A new ticket. The platform knows which departments there are."""

    subject = forms.CharField(
        label=_("What is it about?"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    department = forms.CharField(label=_("Who is it for?"), widget=DescribedRadios)
    priority = forms.CharField(label=_("How urgent is it?"), widget=DescribedRadios, initial=NORMAL)
    invoice = forms.UUIDField(widget=forms.HiddenInput, required=False)
    service = forms.UUIDField(widget=forms.HiddenInput, required=False)

    field_order = ["subject", "department", "priority", "body", "attachments", "uploads"]

    @property
    def matter(self) -> dict[str, Any]:
        """What the platform is told, but for the files."""
        names = ("subject", "department", "priority", "body", "invoice", "service")
        return {name: self.cleaned_data[name] for name in names}

    def offer(self, options: TicketOptions) -> None:
        """What there is to choose from; a field without has nothing to check itself."""
        department, priority = self.fields["department"].widget, self.fields["priority"].widget
        cast("Any", department).choices = [
            (each.key, Choice(each.name, each.summary)) for each in options.departments
        ]
        cast("Any", priority).choices = [
            (each.key, priority_choice(each)) for each in options.priorities
        ]


class CloseForm(RelayForm):
    reason = LinesField(
        label=_("Anything to add?"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2, "cols": 40}),
        help_text=_("Stays on record: “Solved, thank you”, for example."),
    )
