"""Money, dates and numbers, written as the visitor is used to."""

import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
)
from django.template import Library
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.ui.components.choices import choose
from portal.ui.components.markup import markup

# The businesses are European: plain "en" would write dates the American way.
LOCALES = {"en": Locale("en", "GB"), "de": Locale("de")}

MomentStyle = Literal["short", "long", "ago"]

register = Library()


def locale() -> Locale:
    return LOCALES[(get_language() or "en").partition("-")[0]]


@lru_cache(maxsize=1024)
def _written_day(value: datetime.date, language: Locale) -> str:
    """Lists show the same few days over and over."""
    return format_date(value, "medium", locale=language)


@register.filter
def money(minor: int, currency: str) -> str:
    """An amount in minor units: `1250|money:"EUR"` is "€12.50" or "12,50 €"."""
    digits = get_currency_precision(currency)
    return format_currency(Decimal(minor).scaleb(-digits), currency, locale=locale())


@register.filter
def count(number: int) -> str:
    return format_decimal(number, locale=locale())


@register.filter
def decimal(value: str) -> str:
    """A quantity as the platform sends it: `"1.500"|decimal` is "1.5" or "1,5"."""
    return format_decimal(Decimal(value), locale=locale())


@register.filter
def iban(value: str) -> str:
    """In groups of four, as it stands on bank cards."""
    return " ".join(value[at : at + 4] for at in range(0, len(value), 4))


@register.filter
def day(value: datetime.date | None) -> str:
    """ "20 Nov 2026", of a moment where the business is; empty stays empty."""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value).date()
    return _written_day(value, locale()) if value else ""


@register.filter
def last_day(value: datetime.date | None) -> datetime.date | None:
    """Of a period whose end is the first day that no longer belongs to it."""
    return value - datetime.timedelta(days=1) if value else None


@register.filter
def day_of_year(value: datetime.date | None) -> str:
    """A day that comes back every year: "20 November"."""
    return _by_skeleton("MMMMd", value)


@register.filter
def percent(value: str) -> str:
    """A rate in percent as the platform sends it: `"13.50"|percent` is "13.5%" or "13,5 %"."""
    return format_percent(Decimal(value) / 100, locale=locale(), decimal_quantization=False)


@register.filter
def day_and_month(value: datetime.date | None) -> str:
    """A day of these weeks: "20 Nov"."""
    return _by_skeleton("MMMd", value)


@register.filter
def weekday(value: datetime.date | None) -> str:
    """ "Friday, 20 November"."""
    # CLDR has no skeleton that spells the weekday out in German.
    patterns = {"en": "EEEE, d MMMM", "de": "EEEE, d. MMMM"}
    return format_date(value, patterns[locale().language], locale=locale()) if value else ""


def _by_skeleton(skeleton: str, value: datetime.date | None) -> str:
    if not value:
        return ""
    noon = datetime.datetime.combine(value, datetime.time(12), tzinfo=datetime.UTC)
    return format_skeleton(skeleton, noon, locale=locale())


@register.simple_tag
def moment(value: datetime.datetime, style: str = "short") -> SafeString:
    """A point in time, in the business's time zone; the exact one on pointing at it."""
    choose("moment", "style", style, MomentStyle)
    local = timezone.localtime(value)
    exact = format_datetime(local, "long", tzinfo=local.tzinfo, locale=locale())
    if style == "ago":
        shown = format_timedelta(value - timezone.now(), add_direction=True, locale=locale())
    elif style == "long":
        hour = format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=locale())
        shown = f"{day(value)}, {hour}"
    else:
        shown = day(value)
    return markup('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, shown)


@register.filter
def clock(value: datetime.datetime) -> str:
    """The time of the day where the business is: "14:02"."""
    local = timezone.localtime(value)
    text: str = format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=locale())
    return text


@register.simple_tag
def today() -> datetime.date:
    """The date where the business is."""
    return timezone.localdate()


@register.simple_tag
def in_days(days: int) -> str:
    """ "today", "tomorrow", "in 3 days"."""
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": count(days)}


@register.filter
def language_in_words(code: str) -> str:
    """ "de" is "German" or "Deutsch"."""
    name: str = locale().languages.get(code.partition("-")[0], code)
    return name


@register.filter
def country_in_words(code: str) -> str:
    """ "AT" is "Austria" or "Österreich"."""
    name: str = locale().territories.get(code, code)
    return name


@register.filter
def phone_link(number: str) -> str:
    """What a phone dials, without the blanks and brackets that people put in."""
    return "tel:" + "".join(sign for sign in number if sign.isdecimal() or sign == "+")
