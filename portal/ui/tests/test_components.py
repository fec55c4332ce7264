"""What holds for every component: closed choices, and words that stay words."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from lucide import IconDoesNotExist

from portal.ui.components.choices import UnknownVariant
from portal.ui.components.figures import Point
from portal.ui.components.steps import Step
from portal.ui.components.tables import Column

HOSTILE = "\"'><script>alert(1)</script>&amp;"


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        '{% button "x" variant="loud" %}',
        '{% button "x" size="tiny" %}',
        '{% button "x" width="half" %}',
        '{% button "x" kind="link" %}',
        '{% link_button "x" "/" variant="loud" %}',
        '{% menu_link "x" "/" icon="x" variant="loud" %}',
        '{% icon "x" "giant" %}',
        '{% badge "x" tone="loud" %}',
        '{% callout tone="loud" %}{% endcallout %}',
        '{% card padding="huge" %}{% endcard %}',
        '{% card tone="loud" %}{% endcard %}',
        '{% empty_state "x" icon="x" size="huge" %}{% endempty_state %}',
        '{% avatar "x" shape="star" %}',
        '{% avatar "x" size="giant" %}',
        '{% stat "x" "1" trend="sideways" %}{% endstat %}',
        '{% form method="put" %}{% endform %}',
        '{% moment now "vague" %}',
        '{% steps none "x" layout="circle" %}',
        '{% business "x" "/" state="x" tone="loud" %}',
    ],
)
def test_an_unknown_choice_fails_where_it_is_written(source):
    with pytest.raises(UnknownVariant):
        render(source)


def test_a_table_knows_its_kinds_of_columns():
    with pytest.raises(UnknownVariant, match="text, number, hidden"):
        Column("x", "wide")


@pytest.mark.parametrize(
    "source",
    [
        "{% button h name=h value=h form=h %}",
        "{% link_button h h %}",
        '{% icon_button h "x" name=h value=h %}',
        "{% menu h %}{{ h }}{% endmenu %}",
        '{% menu_link h h icon="x" %}',
        "{% menu_choice h h current=True %}",
        "{% inline_confirm h h %}{{ h }}{% endinline_confirm %}",
        '{% icon "x" label=h %}',
        '{% badge h icon="x" %}',
        "{% callout title=h %}{{ h }}{% endcallout %}",
        "{% attention %}{% attention_row h h h %}{% endattention %}",
        "{% page_header h lead=h back_url=h back_label=h %}{{ h }}{% endpage_header %}",
        "{% card title=h link_url=h link_label=h %}{{ h }}{% endcard %}",
        '{% empty_state h text=h icon="x" %}{{ h }}{% endempty_state %}',
        "{% facts %}{% fact h %}{{ h }}{% endfact %}{% endfacts %}",
        '{% feature "x" h h %}',
        '{% ways %}{% way h h icon="x" text=h %}{% endways %}',
        "{% steps hostile_steps h %}",
        '{% steps hostile_steps h layout="column" %}',
        "{% live h %}{{ h }}{% endlive %}",
        "{% live_status h h %}",
        "{% looks_again h %}",
        "{% business h h role=h state=h %}",
        "{% avatar h %}",
        "{% person h url=h more=h %}",
        "{% people %}{% people_row h url=h more=h %}{{ h }}{% endpeople_row %}{% endpeople %}",
        "{% business h h role=h %}",
        "{% data_table h columns=columns %}{% enddata_table %}",
        "{% pagination h h %}",
        "{% search_box h name=h value=h clear_url=h %}",
        "{% pills h %}{% pill h h amount=h %}{% endpills %}",
        "{% tabs h %}{% tab h h %}{% endtabs %}",
        "{% tag_chip h h %}",
        "{% tag_chips hs h %}",
        "{% comparison h h h %}{% comparison_row h h h %}{% endcomparison %}",
        "{% bar_chart points h h value_label=h %}",
        "{% sparkline values h %}",
        "{% stat h h hint=h url=h %}{{ h }}{% endstat %}",
        "{% progress h value=3 %}",
        "{% skeleton h %}",
        "{% timeline %}{% timeline_entry %}{{ h }}{% endtimeline_entry %}{% endtimeline %}",
        "{{ h|language_in_words }}{{ h|phone_link }}",
    ],
)
def test_words_stay_words(source):
    html = render(
        source,
        h=HOSTILE,
        hs=[HOSTILE],
        columns=[Column(HOSTILE)],
        points=[Point(HOSTILE, 3)],
        values=[1, 2],
        hostile_steps=[Step(HOSTILE, "done")],
    )

    assert "<script" not in html
    assert "'><" not in html
    assert "alert" not in html or "&lt;script" in html or "%3Cscript" in html


def test_a_block_of_blanks_is_nothing():
    html = render('{% page_header "x" %}\n  {% if no %}y{% endif %}\n{% endpage_header %}')

    assert "page-header__actions" not in html


def test_an_icon_alone_is_decoration_and_with_a_label_a_word():
    assert 'aria-hidden="true"' in render('{% icon "plus" %}')
    assert '<span class="visually-hidden">Add</span>' in render('{% icon "plus" label="Add" %}')


def test_an_icon_that_isnt_there_fails():
    with pytest.raises(IconDoesNotExist):
        render('{% icon "no-such-icon" %}')


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Anna Rossi", "AR"),
        ("Anna Maria von Rossi", "AR"),
        ("cher", "C"),
        ("  Élodie   d’Arc ", "ÉD"),
        ("(Anna) Rossi", "R"),
        ("蔵 寿司", "蔵寿"),
        ("ß", "SS"),
        ("", "?"),
        ("☀ ☁", "?"),
    ],
)
def test_initials(name, letters):
    assert f">{letters}</span>" in render("{% avatar name %}", name=name)


def test_a_name_has_the_same_tint_everywhere():
    assert render('{% avatar "Anna Rossi" %}') == render('{% avatar "Anna Rossi" %}')
    tints = {render("{% avatar n %}", n=f"X {n}").split("tint-")[1][0] for n in range(99)}
    assert tints == set("012345")


def test_nothing_to_attend_to_is_said():
    assert "Nothing needs your attention." in render("{% attention %} {% endattention %}")


@pytest.mark.parametrize("layout", ["row", "column"])
def test_each_step_says_how_it_stands(layout):
    stands = {
        "done": "Done",
        "current": "Now",
        "waiting": "To come",
        "missing": "Something is missing",
        "failed": "Failed",
    }
    items = [Step(f"Step {state}", state) for state in stands]

    html = render('{% steps items "Steps" layout=layout %}', items=items, layout=layout)

    for state, said in stands.items():
        assert f'Step {state}</span><span class="visually-hidden"> ({said})' in html
    assert html.count('aria-current="step"') == 1
    assert "href" not in html


def test_a_step_that_one_can_go_to_is_a_link():
    step = Step("Money", "done", url_name="onboarding:money", slug="aurora")

    assert 'href="/t/aurora/onboarding/money/"' in render('{% steps s "x" %}', s=[step])


def test_a_list_on_one_page_has_no_pages():
    assert render("{% pagination %}") == ""
    assert "Previous" not in render('{% pagination next_url="?a" %}')


def test_a_comparison_marks_what_differs():
    rows = render('{% comparison_row "a" "1" "2" %}{% comparison_row "b" "1" "1" %}')

    assert rows.count("comparison__row--differs") == 1


def test_a_figure_says_where_it_goes():
    for trend, icon in (("up", "trending-up"), ("down", "trending-down"), ("level", "move-right")):
        html = render('{% stat "x" "1" hint="y" trend=trend %}{% endstat %}', trend=trend)
        assert render('{% icon name "small" %}', name=icon) in html
    assert "<svg" not in render('{% stat "x" "1" hint="y" %}{% endstat %}')
