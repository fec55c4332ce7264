"""Figures and small charts, as inline SVG with a table behind for those who can't see them."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from django.template import Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.ui.components.choices import choose
from portal.ui.components.icons import icon as draw_icon
from portal.ui.components.markup import markup

Trend = Literal["none", "up", "down", "level"]
TREND_ICONS = {"up": "trending-up", "down": "trending-down", "level": "move-right"}

CHART_WIDTH = 720
CHART_HEIGHT = 132
BAR_GAP = 0.28
MIN_BAR = 2.0

SPARK_WIDTH = 112
SPARK_HEIGHT = 36
SPARK_MARGIN = 3

register = Library()


class Point(NamedTuple):
    label: str
    value: int


class Bar(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    label: str
    value: int


def bars(points: Sequence[Point]) -> list[Bar]:
    """Each point as a bar; a nought keeps a sliver, so that the day is seen to be there."""
    highest = max((point.value for point in points), default=0) or 1
    step = CHART_WIDTH / len(points) if points else 0
    width = step * (1 - BAR_GAP)
    placed = []
    for index, point in enumerate(points):
        height = max(point.value / highest * CHART_HEIGHT, MIN_BAR)
        placed.append(
            Bar(
                round(index * step + (step - width) / 2, 2),
                round(CHART_HEIGHT - height, 2),
                round(width, 2),
                round(height, 2),
                point.label,
                point.value,
            )
        )
    return placed


@register.simple_tag
def bar_chart(points: Sequence[Point], title: str, summary: str, *, value_label: str) -> str:
    """A bar a point. `summary` says in a sentence what the picture shows."""
    return render_to_string(
        "ui/components/bar_chart.html",
        {
            "bars": bars(points),
            "points": points,
            "title": title,
            "summary": summary,
            "value_label": value_label,
            "width": CHART_WIDTH,
            "height": CHART_HEIGHT,
            "highest": max((point.value for point in points), default=0),
        },
    )


@register.simple_tag
def sparkline(values: Sequence[int], label: str) -> SafeString:
    """The course of a figure beside it; `label` says it in words."""
    highest = max(values, default=0) or 1
    room = SPARK_HEIGHT - 2 * SPARK_MARGIN
    step = (SPARK_WIDTH - 2 * SPARK_MARGIN) / max(len(values) - 1, 1)
    spots = [
        (
            round(SPARK_MARGIN + index * step, 2),
            round(SPARK_MARGIN + room * (1 - value / highest), 2),
        )
        for index, value in enumerate(values)
    ]
    line = " ".join(f"{x},{y}" for x, y in spots)
    end = spots[-1] if spots else (0, SPARK_HEIGHT)
    return markup(
        '<svg class="sparkline" viewBox="0 0 {} {}" width="{}" height="{}" role="img" '
        'aria-label="{}" focusable="false"><polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/>'
        "</svg>",
        SPARK_WIDTH,
        SPARK_HEIGHT,
        SPARK_WIDTH,
        SPARK_HEIGHT,
        label,
        line,
        *end,
    )


@register.simple_block_tag
def stat(
    content: str,
    label: str,
    value: str,
    *,
    hint: str = "",
    trend: str = "none",
    url: str = "",
) -> str:
    """One figure with its name. `trend` puts an arrow before the hint; a chart may stand inside."""
    choose("stat", "trend", trend, Trend)
    return render_to_string(
        "ui/components/stat.html",
        {
            "label": label,
            "value": value,
            "hint": hint,
            "trend": trend,
            "arrow": TREND_ICONS.get(trend, ""),
            "url": url,
            "chart": content,
        },
    )


def trend_of(now: int, before: int) -> str:
    """The `trend` of a figure against the one before it."""
    if now == before:
        return "level"
    return "up" if now > before else "down"


@register.simple_tag
def progress(label: str, value: int | None = None, maximum: int = 100) -> SafeString:
    """How far long work is; without a value it only says that it goes on."""
    known = value is not None
    return markup(
        '<div class="progress"><p class="progress__label"><span>{}</span>{}</p>'
        '<progress class="progress__bar" aria-label="{}" max="{}"{}></progress></div>',
        label,
        markup('<span class="figures">{} / {}</span>', value, maximum) if known else "",
        label,
        maximum,
        markup(' value="{}"', value) if known else "",
    )


@register.simple_tag
def skeleton(label: str, lines: int = 3) -> SafeString:
    """The place of something that is still on its way."""
    return markup(
        '<div class="skeleton" role="status"><span class="visually-hidden">{}</span>{}</div>',
        label,
        SafeString('<span class="skeleton__line" aria-hidden="true"></span>' * lines),
    )


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    """What happened, newest first; fill it with `timeline_entry`s."""
    return markup('<ol class="timeline">{}</ol>', content)


@register.simple_block_tag
def timeline_entry(content: str, *, icon: str = "message-square") -> SafeString:
    return markup(
        '<li class="timeline__entry"><span class="timeline__icon">{}</span>'
        '<div class="timeline__body">{}</div></li>',
        draw_icon(icon, "small"),
        content,
    )
