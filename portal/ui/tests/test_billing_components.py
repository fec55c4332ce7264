from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation

from portal.ui.components.choices import UnknownVariant


def shown(source, **context):
    with translation.override("en"):
        return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        '{% sum_row "a" "1" weight="huge" %}',
        '{% sum_row "a" "1" sign="times" %}',
        '{% sums place="start" %}{% endsums %}',
        '{% usage "a" "1" tone="loud" %}',
    ],
)
def test_only_what_the_style_guide_shows_can_be_had(source):
    with pytest.raises(UnknownVariant):
        shown(source)


def test_what_is_taken_off_has_its_sign():
    assert "<dd>\N{MINUS SIGN}€5.00</dd>" in shown('{% sum_row "Credit" "€5.00" sign="minus" %}')
    assert "<dd>€5.00</dd>" in shown('{% sum_row "Credit" "€5.00" %}')


@pytest.mark.parametrize("name", ["<b>x</b>", "{{ x }}"])
def test_names_are_text(name):
    for source in (
        "{% sum_row name name hint=name %}",
        "{% headline name name hint=name %}{% endheadline %}",
        "{% usage name name name %}",
        "{% offer name name name text=name url=name action=name %}{% endoffer %}",
        "{% offer_feature name name %}",
        "{% disclosure name %}{% enddisclosure %}",
    ):
        assert "<b>x" not in shown(source, name=name)


@pytest.mark.parametrize(("percent", "bars"), [(None, 0), (0, 1), (100, 1)])
def test_without_a_limit_there_is_no_bar(percent, bars):
    source = shown('{% usage "People" "3" percent=percent %}', percent=percent)

    assert source.count("usages__bar") == bars


def test_the_plan_that_one_has_says_so_and_cant_be_chosen():
    current = shown('{% offer "House" "€49" "a month" mark="Your plan" %}{% endoffer %}')
    other = shown('{% offer "House" "€49" "a month" url="/x" action="Choose" %}{% endoffer %}')

    assert "Your plan" in current
    assert "href" not in current
    assert "Your plan" not in other
    assert 'href="/x"' in other
