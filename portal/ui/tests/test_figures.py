from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.ui.components.figures import CHART_HEIGHT, CHART_WIDTH, Point, bars, trend_of


@given(st.lists(st.integers(0, 10**9), max_size=60))
def test_bars_stay_within_the_chart_and_in_proportion(values):
    placed = bars([Point("x", value) for value in values])

    assert [bar.value for bar in placed] == values
    for bar in placed:
        assert 0 <= bar.x <= bar.x + bar.width <= CHART_WIDTH + 0.02
        assert bar.y >= 0
        assert bar.y + bar.height == pytest.approx(CHART_HEIGHT, abs=0.02)
    if any(values):
        highest = max(placed, key=lambda bar: bar.value)
        assert highest.height == CHART_HEIGHT


def test_a_nought_is_still_seen():
    nought, one = bars([Point("a", 0), Point("b", 1)])

    assert 0 < nought.height < one.height / 10


@given(st.lists(st.integers(0, 10**6), max_size=40))
def test_a_sparkline_of_anything_is_drawn(values):
    html = Template('{% load ui %}{% sparkline values "x" %}').render(Context({"values": values}))

    spots = html.split('points="')[1].split('"')[0].split()
    assert len(spots) == len(values)
    assert all(0 <= float(part) <= 112 for spot in spots for part in spot.split(","))


def test_a_chart_is_drawn_alike_in_every_language():
    template = Template('{% load ui %}{% bar_chart points "a" "b" value_label="c" %}')
    points = [Point(str(n), n * 1000) for n in range(7)]

    def drawn(language):
        with translation.override(language):
            return template.render(Context({"points": points})).split("</svg>")[0].split("<svg")[1]

    assert drawn("de") == drawn("en")


@pytest.mark.parametrize(
    ("now", "before", "trend"), [(2, 1, "up"), (1, 2, "down"), (0, 0, "level")]
)
def test_trends(now, before, trend):
    assert trend_of(now, before) == trend
