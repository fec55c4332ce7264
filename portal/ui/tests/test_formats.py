from __future__ import annotations

import datetime

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone, translation

DAY = datetime.date(2026, 3, 1)
NOON = datetime.datetime(2026, 3, 1, 23, 30, tzinfo=datetime.UTC)


def shown(source, language="en", zone="UTC", **context):
    with translation.override(language), timezone.override(zone):
        html = Template("{% load ui %}" + source).render(Context(context))
    return html.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("source", "english", "german"),
    [
        ('{{ 125050|money:"EUR" }}', "€1,250.50", "1.250,50 €"),
        ('{{ 5|money:"GBP" }}', "£0.05", "0,05 £"),
        ('{{ 1250|money:"JPY" }}', "JP¥1,250", "1.250 ¥"),
        ('{{ 1|money:"KWD" }}', "KWD0.001", "0,001 KWD"),
        ("{{ 1204050|count }}", "1,204,050", "1.204.050"),
        ('{{ "1.500"|decimal }}', "1.5", "1,5"),
        ('{{ "-1.000"|decimal }}', "-1", "-1"),
        ('{{ "1204.000"|decimal }}', "1,204", "1.204"),
        (
            '{{ "AT611904300234573201"|iban }}',
            "AT61 1904 3002 3457 3201",
            "AT61 1904 3002 3457 3201",
        ),
        ("{{ day|last_day|day }}", "28 Feb 2026", "28.02.2026"),
        ("{{ none|last_day|day }}", "", ""),
        ('{{ "AT"|country_in_words }}', "Austria", "Österreich"),
        ('{{ "XX"|country_in_words }}', "XX", "XX"),
        ("{{ day|day }}", "1 Mar 2026", "01.03.2026"),
        ("{{ day|day_and_month }}", "1 Mar", "1. März"),
        ("{{ day|day_of_year }}", "1 March", "1. März"),
        ("{{ day|weekday }}", "Sunday, 1 March", "Sonntag, 1. März"),
        ("{% in_days 0 %}", "today", "heute"),
        ("{% in_days 1 %}", "tomorrow", "morgen"),
        ("{% in_days 1200 %}", "in 1,200 days", "in 1.200 Tagen"),
        ('{{ "pt-BR"|language_in_words }}', "Portuguese", "Portugiesisch"),
        ('{{ "xx"|language_in_words }}', "xx", "xx"),
        ('{{ ""|language_in_words }}', "", ""),
    ],
)
def test_in_the_visitors_own_way(source, english, german):
    assert shown(source, "en", day=DAY) == english
    assert shown(source, "de", day=DAY) == german


def test_nothing_stays_nothing():
    for name in ("day", "day_and_month", "day_of_year", "weekday"):
        assert shown("{{ none|%s }}" % name, none=None) == ""  # noqa: UP031


def test_a_language_that_only_starts_like_ours_is_ours():
    assert shown("{{ 1000|count }}", "de-at") == "1.000"


@pytest.mark.parametrize(
    ("style", "zone", "expected"),
    [
        ("short", "UTC", ">1 Mar 2026<"),
        ("short", "Europe/Rome", ">2 Mar 2026<"),
        ("long", "Europe/Rome", ">2 Mar 2026, 00:30<"),
        ("long", "America/New_York", ">1 Mar 2026, 18:30<"),
        ("ago", "Europe/Rome", ">2 days ago<"),
    ],
)
@time_machine.travel("2026-03-03 23:30:00+00:00")
def test_a_moment_is_where_the_business_is(style, zone, expected):
    html = shown("{% moment now style %}", zone=zone, now=NOON, style=style)

    assert expected in html
    assert 'datetime="2026-03-01T23:30:00+00:00"' in html


def test_the_day_of_a_moment_is_where_the_business_is():
    assert shown("{{ now|day }}", zone="Europe/Rome", now=NOON) == "2 Mar 2026"


@time_machine.travel("2026-03-01 23:30:00+00:00")
def test_today_is_where_the_business_is():
    assert shown("{% today as d %}{{ d|day }}", zone="Europe/Rome") == "2 Mar 2026"


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("+39 (02) 5550-111", "tel:+39025550111"),
        ("030/901820", "tel:030901820"),
        ('"><script>', "tel:"),
    ],
)
def test_what_a_phone_dials(number, dialled):
    assert shown("{{ number|phone_link }}", number=number) == dialled
