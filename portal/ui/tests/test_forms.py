from __future__ import annotations

import pytest
from django import forms
from django.template import Context, Template

HOSTILE = "\"'><script>alert(1)</script>"


class Booking(forms.Form):
    name = forms.CharField(help_text="As on the card.")
    email = forms.EmailField()
    guests = forms.IntegerField(required=False)
    table = forms.ChoiceField(choices=[("a", "A"), ("b", HOSTILE)], required=False)
    where = forms.ChoiceField(choices=[("in", "In"), ("out", "Out")], widget=forms.RadioSelect)
    news = forms.BooleanField(required=False)
    wishes = forms.CharField(widget=forms.Textarea, required=False)
    menu = forms.FileField(required=False)
    key = forms.CharField(widget=forms.HiddenInput, initial="k")


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def field(name, form=None):
    return render("{% field bound %}", bound=(form or Booking())[name])


def test_label_and_control_belong_together():
    html = field("name")

    assert '<label class="field__label" for="id_name">Name</label>' in html
    assert 'id="id_name"' in html


def test_help_and_error_are_read_with_the_control():
    assert 'aria-describedby="id_name_help"' in field("name")

    html = field("name", Booking({}))

    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_help"' in html
    assert 'id="id_name_error"' in html


def test_what_one_may_leave_out_says_so():
    assert "optional" in field("guests")
    assert "optional" not in field("name")
    assert "optional" not in field("news")
    hidden = render("{% field bound hide_optional=True %}", bound=Booking()["guests"])
    assert "optional" not in hidden


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("email", "input"),
        ("table", "select"),
        ("where", "group"),
        ("news", "checkbox"),
        ("wishes", "textarea"),
        ("menu", "file"),
    ],
)
def test_every_kind_of_control(name, kind):
    assert f"control--{kind}" in field(name)


def test_a_group_has_a_legend_and_each_choice_a_label():
    html = field("where")

    assert "<fieldset" in html
    assert "<legend" in html
    assert html.count("<label") == 2


def test_the_first_fault_has_the_focus_and_no_other():
    form = Booking({"name": "Anna", "email": "x", "where": "up"})

    html = "".join(field(name, form) for name in form.fields if name != "key")

    assert html.count("autofocus") == 1
    assert "autofocus" in field("email", form)


def test_a_fault_takes_the_focus_from_where_the_form_starts():
    fresh, refused = Booking(), Booking({"name": "Anna", "email": "x", "where": "up"})
    for form in (fresh, refused):
        form.fields["name"].widget.attrs["autofocus"] = True

    assert "autofocus" in field("name", fresh)
    assert "autofocus" not in field("name", refused)
    assert "autofocus" in field("email", refused)


def test_hostile_values_choices_and_messages_are_only_text():
    form = Booking({"name": HOSTILE, "email": HOSTILE, "table": HOSTILE, "wishes": HOSTILE})
    form.add_error("name", HOSTILE)
    form.add_error(None, HOSTILE)

    html = render(
        "{% form form %}{% for f in form %}{% field f %}{% endfor %}{% endform %}", form=form
    )

    assert "<script" not in html


def test_a_form_carries_its_hidden_fields_and_takes_files():
    html = render("{% form form action='/x/' anchor='top' %}inside{% endform %}", form=Booking())

    assert '<input type="hidden" name="key" value="k" id="id_key">' in html
    assert 'enctype="multipart/form-data"' in html
    assert 'action="/x/"' in html
    assert 'id="top"' in html
    assert html.count("<form") == 1
    assert "inside" in html


def test_while_read_only_a_form_that_would_write_isnt_there():
    source = "{% form %}<b>write</b>{% endform %}{% form method='get' %}<i>find</i>{% endform %}"

    html = render(source, read_only=True)

    assert "<b>" not in html
    assert "Read-only for the moment" in html
    assert "<i>find</i>" in html


def test_what_is_wrong_as_a_whole_stands_above():
    form = Booking({"name": "A", "email": "a@b.test", "where": "in", "key": "k"})
    form.add_error(None, "The table is taken.")

    html = render("{% form form %}{% endform %}", form=form)

    assert 'role="alert"' in html
    assert "The table is taken." in html


def test_few_faults_stand_only_at_their_fields_and_many_also_above():
    few = Booking({"name": "A", "email": "a@b.test", "key": "k"})
    many = Booking({"key": "k"})

    assert "callout" not in render("{% form form %}{% endform %}", form=few)
    html = render("{% form form %}{% endform %}", form=many)
    assert '<a href="#id_name">Name</a>' in html
    assert '<a href="#id_email">Email</a>' in html


def test_what_the_page_showed_at_first_travels_along_where_asked_for():
    form = Booking(initial={"name": "Anna"})
    form.fields["name"].show_hidden_initial = True

    assert 'name="initial-name" value="Anna"' in field("name", form)
