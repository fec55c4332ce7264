from __future__ import annotations

import pytest
from django import forms
from django.http import QueryDict

from portal.api_client.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    PreconditionFailed,
    Problem,
    TooLarge,
)
from portal.common.forms import RelayForm


class TableForm(RelayForm):
    name = forms.CharField()
    seats = forms.IntegerField(required=False)

    error_texts = {"table-taken": "Somebody sits there."}
    field_names = {"chairs": "seats"}


def sent(**values: str) -> TableForm:
    data = QueryDict(mutable=True)
    data.update({"name": "Table 1", "idempotency_key": "k1", **values})
    form = TableForm(data)
    assert form.is_valid()
    return form


def invalid(*errors: tuple[str, str, str]) -> Invalid:
    return Invalid(Problem(status=400, errors=tuple(FieldError(*each) for each in errors)))


def test_each_rendering_has_a_key_of_its_own():
    keys = {TableForm()["idempotency_key"].value() for _ in range(10)}

    assert len(keys) == 10
    assert all(len(key) == 32 for key in keys)


def test_the_key_is_the_one_that_the_page_was_rendered_with():
    assert sent().key == "k1"


@pytest.mark.parametrize("key", ["", "☃", "a b", "a\nb"])
def test_a_form_without_a_usable_key_still_has_one(key):
    assert len(sent(idempotency_key=key).key) == 32


def test_what_was_entered_comes_without_the_key():
    assert sent(seats="4").values == {"name": "Table 1", "seats": 4}


def test_objections_land_on_their_fields_in_our_words():
    form = sent()
    with form.relaying():
        raise invalid(
            ("name", "table-taken", "Duplicate"),
            ("chairs", "min-length", "At least 1"),
            ("name", "odd-code", "The platform's own words"),
        )

    assert form.errors["name"] == ["Somebody sits there.", "The platform's own words"]
    assert form.errors["seats"] == ["This is too short."]
    assert form.status == 422


@pytest.mark.parametrize("field", ["", "colour", "idempotency_key"])
def test_an_objection_to_no_field_of_ours_is_said_for_the_whole(field):
    form = sent()
    with form.relaying():
        raise invalid((field, "unknown", "Not known."))

    assert form.non_field_errors() == ["Not known."]


def test_a_nested_objection_lands_on_the_outer_field():
    form = sent()
    with form.relaying():
        raise invalid(("name.0.first", "max-length", "Too long"))

    assert form.errors["name"] == ["This is too long."]


def test_too_much_is_said_for_the_whole():
    form = sent()
    with form.relaying():
        raise TooLarge(Problem(status=413, code="payload-too-large"))

    assert form.non_field_errors() == ["This is too much at once. Please send less."]


def test_a_key_that_was_used_for_something_else_is_renewed():
    form = sent()
    with form.relaying():
        raise Conflict(Problem(status=409, code="idempotency-conflict"))

    assert "already sent once" in form.non_field_errors()[0]
    assert form["idempotency_key"].value() != "k1"


def test_a_plans_limit_is_said_on_any_form():
    form = sent()
    with form.relaying():
        raise Conflict(Problem(status=409, code="limit-reached"))

    assert "Your plan doesn’t include more" in form.non_field_errors()[0]
    assert form["idempotency_key"].value() != "k1"


@pytest.mark.parametrize(
    "error",
    [Conflict(Problem(status=409, code="customer-erased")), Forbidden(), PreconditionFailed()],
)
def test_everything_else_goes_its_way(error):
    with pytest.raises(type(error)), sent().relaying():
        raise error


def test_after_success_nothing_stays():
    form = sent()
    with form.relaying():
        pass

    assert (form.status, form.errors) == (200, {})
