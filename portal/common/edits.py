"""Forms that change something which two people may have open at once."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple, Protocol, Self

from django import forms

from portal.common.forms import KEY_FIELD, RelayForm, new_key


class Edited(Protocol):
    """What a form changes: has the fields' values as attributes, and the ETag of its state."""

    @property
    def etag(self) -> str: ...


class Difference(NamedTuple):
    """A field that two people gave different values."""

    label: str
    theirs: str
    mine: str


class EditForm(RelayForm):
    """Carries what the page showed at first, so that only what was changed here is sent, and so
    that two people who change different fields don't undo each other's work."""

    etag = forms.CharField(widget=forms.HiddenInput, max_length=200)

    edited: ClassVar[tuple[str, ...]]
    """The fields that show what there is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.edited:
            self.fields[name].show_hidden_initial = True

    @classmethod
    def of(cls, edited: Edited) -> Self:
        values = {name: getattr(edited, name) for name in cls.edited}
        return cls(initial={**values, "etag": edited.etag})

    @property
    def changes(self) -> dict[str, Any]:
        """What was changed on the page, as the platform takes it."""
        return {name: self.cleaned_data[name] for name in self.edited if name in self.changed_data}

    def differences(self, edited: Edited) -> list[Difference]:
        """Where what was changed here isn't what `edited` has by now."""
        return [
            Difference(
                str(self.fields[name].label), self._said(name, theirs), self._said(name, mine)
            )
            for name, mine in self.changes.items()
            if name in self.edited and _written(mine) != _written(theirs := getattr(edited, name))
        ]

    def _said(self, name: str, value: Any) -> str:
        """A value as the page says it: of a choice, what it is called."""
        words = {str(each): str(label) for each, label in getattr(self.fields[name], "choices", ())}
        return words.get(_written(value), _written(value))

    def on_top_of(self, edited: Edited) -> Self:
        """The same changes, made to `edited` as it is by now."""
        data = {KEY_FIELD: new_key(), "etag": edited.etag}
        for name in self.edited:
            saved = _written(getattr(edited, name))
            data[self[name].html_initial_name] = saved
            data[name] = self.data[name] if name in self.changes else saved
        return type(self)(data)


class WithEtagForm(RelayForm):
    """Confirms something about what was shown."""

    etag = forms.CharField(widget=forms.HiddenInput, max_length=200)


def _written(value: Any) -> str:
    """A value as it stands in its field of the form."""
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return str(value) if value else ""
