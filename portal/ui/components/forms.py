"""Forms and their fields: label, help and error tied together for every reader."""

from typing import Literal

from django import forms
from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.ui.components.choices import choose
from portal.ui.components.markup import joined, markup

FieldWidth = Literal["full", "half", "short"]
FormMethod = Literal["post", "get"]

register = Library()

CHECKBOXES = (forms.CheckboxInput,)
MANY_FAULTS = 3
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, CHECKBOXES):
        return "checkbox"
    if isinstance(widget, GROUPS):
        return "group"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "input"


def _faulty(form: forms.BaseForm) -> list[forms.BoundField]:
    return [bound for bound in form.visible_fields() if bound.errors]


@register.simple_tag
def field(bound: forms.BoundField, *, width: str = "full", hide_optional: bool = False) -> str:
    """One field of a form with its label, help and error."""
    choose("field", "width", width, FieldWidth)
    widget = bound.field.widget
    kind = _kind(widget)
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}_help")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    attrs: dict[str, str | bool] = {"class": f"control control--{kind}"}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if bound.form.errors:
        # Works without JavaScript: the reader starts at the first field to mend, wherever the
        # form would start otherwise.
        first = next((faulty.name for faulty in _faulty(bound.form)), None)
        attrs["autofocus"] = bound.name == first
    control = bound.as_widget(attrs=attrs)
    if bound.field.show_hidden_initial:
        control += bound.as_hidden(only_initial=True)
    return render_to_string(
        "ui/components/field.html",
        {
            "bound": bound,
            "kind": kind,
            "width": width,
            "control": control,
            "optional": not bound.field.required and kind != "checkbox" and not hide_optional,
        },
    )


def form_errors(form: forms.BaseForm) -> str:
    """What is wrong with the whole form; also a list of its faulty fields when there are many."""
    general = form.non_field_errors()
    faulty = _faulty(form)
    if len(faulty) < MANY_FAULTS:
        faulty = []
    if not general and not faulty:
        return ""
    return render_to_string(
        "ui/components/form_errors.html", {"general": general, "faulty": faulty}
    )


def hidden_inputs(form: forms.BaseForm) -> SafeString:
    return joined(str(bound) for bound in form.hidden_fields())


@register.simple_block_tag(takes_context=True)
def form(
    context: Context,
    content: str,
    bound: forms.BaseForm | None = None,
    *,
    action: str = "",
    method: str = "post",
    anchor: str = "",
) -> SafeString:
    """A form with its errors above and its hidden fields inside.

    The browser's own checks are off: every message then reads alike, in the visitor's language.
    While the portal is read-only, a form that would write isn't there.
    """
    choose("form", "method", method, FormMethod)
    if method == "post" and context.get("read_only"):
        return render_to_string("ui/components/read_only.html")
    return markup(
        '<form class="form" method="{}"{}{}{} novalidate>{}{}{}</form>',
        method,
        markup(' action="{}"', action) if action else "",
        markup(' id="{}"', anchor) if anchor else "",
        SafeString(' enctype="multipart/form-data"') if bound and bound.is_multipart() else "",
        form_errors(bound) if bound else "",
        hidden_inputs(bound) if bound else "",
        content,
    )
