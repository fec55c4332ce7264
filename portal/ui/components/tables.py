"""Lists of things: tables that become cards when narrow, their pages, searches and filters."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from portal.ui.components.choices import choose
from portal.ui.components.icons import icon as draw_icon
from portal.ui.components.markup import joined, markup

ColumnKind = Literal["text", "number", "hidden"]

NOTHING = SafeString('<span class="facts__none">&ndash;</span>')

register = Library()


@dataclass(frozen=True, slots=True)
class Column:
    label: str | Promise
    kind: str = "text"
    """`number` aligns to the end; `hidden` is a heading only for those who listen."""
    wide: bool = False
    """Shown only where there is plenty of room; its cells are `cell-wide`."""

    def __post_init__(self) -> None:
        choose("Column", "kind", self.kind, ColumnKind)


@register.simple_block_tag
def data_table(content: str, caption: str, columns: Iterable[Column]) -> str:
    """A table. Between the tags stand its rows: plain `<tr>` and `<td>`.

    A cell with `data-label` shows that label before its content once the row has become a card;
    `cell-title` leads the card, `cell-number` aligns figures, `cell-wide` needs plenty of room,
    `cell-short` stays on one line and ends in dots where it must; within the title, `cell-more` is
    a quiet second line, and `cell-badge` a word before it.
    """
    return render_to_string(
        "ui/components/data_table.html",
        {"rows": content, "caption": caption, "columns": columns},
    )


@register.simple_tag
def pagination(previous_url: str = "", next_url: str = "") -> str:
    """Nothing at all when everything fits on one page."""
    if not previous_url and not next_url:
        return ""
    return render_to_string(
        "ui/components/pagination.html", {"previous_url": previous_url, "next_url": next_url}
    )


@register.simple_tag
def search_box(label: str, *, name: str = "q", value: str = "", clear_url: str = "") -> str:
    """The field and its button, to stand in a form with `method="get"`."""
    return render_to_string(
        "ui/components/search_box.html",
        {"label": label, "name": name, "value": value, "clear_url": clear_url},
    )


@register.simple_block_tag
def pills(content: str, label: str) -> SafeString:
    """Filters of a list, each a link; fill it with `pill`s."""
    return markup(
        '<nav class="pills" aria-label="{}"><ul class="pills__list">{}</ul></nav>', label, content
    )


@register.simple_tag
def pill(label: str, url: str, *, current: bool = False, amount: str = "") -> SafeString:
    return markup(
        '<li><a class="pill" href="{}"{}>{}<span>{}</span>{}</a></li>',
        url,
        SafeString(' aria-current="true"') if current else "",
        draw_icon("check", "small") if current else "",
        label,
        markup(' <span class="pill__amount">{}</span>', amount) if amount else "",
    )


@register.simple_block_tag
def tabs(content: str, label: str) -> SafeString:
    """Sibling pages of one thing; fill it with `tab`s."""
    return markup(
        '<nav class="tabs" aria-label="{}"><ul class="tabs__list">{}</ul></nav>', label, content
    )


@register.simple_tag
def tab(label: str, url: str, *, current: bool = False) -> SafeString:
    return markup(
        '<li><a class="tabs__link" href="{}"{}>{}</a></li>',
        url,
        SafeString(' aria-current="page"') if current else "",
        label,
    )


@register.simple_tag
def tag_chip(name: str, url: str = "") -> SafeString:
    """A word that the business put on something; a link when it leads to all that carry it."""
    if url:
        return markup('<a class="chip chip--link" href="{}">{}</a>', url, name)
    return markup('<span class="chip">{}</span>', name)


@register.simple_tag
def tag_chips(names: Iterable[str], base: str = "") -> SafeString:
    """All tags of one thing; with `base`, an address that takes `?tag=`, each is a link."""
    chips = joined(
        tag_chip(name, f"{base}?{urlencode({'tag': name})}" if base else "") for name in names
    )
    return markup('<span class="cluster">{}</span>', chips) if chips else chips


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: object) -> str:
    """The page's own query with some parameters changed; a changed filter starts at page one."""
    query = context["request"].GET.copy()
    for gone in {"notice", "cursor"} - changes.keys():
        query.pop(gone, None)
    for name, value in changes.items():
        if value:
            query[name] = str(value)
        else:
            query.pop(name, None)
    return f"?{query.urlencode()}"


@register.simple_block_tag
def comparison(content: str, caption: str, first: str, second: str) -> SafeString:
    """Two versions of one thing side by side; fill it with `comparison_row`s."""
    return markup(
        '<div class="table-frame"><table class="comparison">'
        '<caption class="visually-hidden">{}</caption><thead><tr><td></td>'
        '<th scope="col">{}</th><th scope="col">{}</th></tr></thead>'
        "<tbody>{}</tbody></table></div>",
        caption,
        first,
        second,
        content,
    )


@register.simple_tag
def comparison_row(label: str, first: str, second: str) -> SafeString:
    """A row of a `comparison`; one that differs is set in stronger type."""
    return markup(
        '<tr class="comparison__row{}"><th scope="row">{}</th><td>{}</td><td>{}</td></tr>',
        " comparison__row--differs" if first != second else "",
        label,
        first or NOTHING,
        second or NOTHING,
    )


@register.filter
def beneath(address: str, id: object) -> str:  # noqa: A002 -- it is the thing's `id`
    """The address of one thing below the address of their list.

    For long lists: `{% url %}` takes as much time as the rest of a row.
    """
    return f"{address}{id}/"


@register.filter
def is_same(value: object, other: object) -> bool:
    """For a component's `current`: a comparison where a template has only filters."""
    return value == other


@register.filter
def then(condition: object, value: str) -> str:
    """`value` if there is a reason for it, else nothing."""
    return value if condition else ""
