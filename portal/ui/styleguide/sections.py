"""What the style guide shows: every component in every state, each with the template that makes it.

A specimen is a template of its own in `templates/ui/styleguide/specimens/`.
"""

from dataclasses import dataclass

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, slots=True)
class Specimen:
    name: str
    title: str
    wide: bool = False
    """Brings its own frame, so the style guide puts none around it."""

    @property
    def template_name(self) -> str:
        return f"ui/styleguide/specimens/{self.name}.html"

    @property
    def snippet(self) -> str:
        source: str = get_template(self.template_name).template.source  # type: ignore[attr-defined]
        _load, _, body = source.partition("\n")
        return body.strip()


@dataclass(frozen=True, slots=True)
class Shown:
    """A specimen as the page shows it."""

    specimen: Specimen
    output: SafeString


@dataclass(frozen=True, slots=True)
class Section:
    anchor: str
    title: str
    text: str
    specimens: tuple[Specimen, ...]

    def shown(self, context: dict[str, object]) -> list[Shown]:
        return [
            Shown(
                specimen,
                # Rendered by a template, which escaped what had to be.
                mark_safe(get_template(specimen.template_name).render(context)),  # noqa: S308
            )
            for specimen in self.specimens
        ]


SECTIONS = (
    Section(
        "actions",
        "Buttons and menus",
        "One primary button a page. Danger only where something is lost for good.",
        (
            Specimen("buttons", "Variants"),
            Specimen("button-sizes", "Sizes"),
            Specimen("link-buttons", "Links that look like buttons"),
            Specimen("icon-buttons", "Only an icon"),
            Specimen("menu", "Menu"),
            Specimen("inline-confirm", "Asking once more, in place"),
        ),
    ),
    Section(
        "forms",
        "Forms",
        "Label above, help below, the error in place of nothing. Optional fields say so.",
        (
            Specimen("form", "A form"),
            Specimen("form-errors", "The same form, refused"),
            Specimen("form-choices", "Choices and files"),
            Specimen("form-described", "Choices that say more"),
            Specimen("form-read-only", "While the portal is read-only"),
        ),
    ),
    Section(
        "feedback",
        "Saying something back",
        "A notice follows a write. A callout belongs to the page. A badge is a state.",
        (
            Specimen("notices", "Notices"),
            Specimen("callouts", "Callouts"),
            Specimen("badges", "Badges"),
            Specimen("attention", "What needs attention"),
            Specimen("progress", "Progress"),
            Specimen("findings", "What an examination found"),
            Specimen("steps", "Steps of a form, and of work that goes on"),
            Specimen("skeleton", "Still loading"),
            Specimen("copyable", "To be copied"),
        ),
    ),
    Section(
        "frames",
        "Frames of a page",
        "One title, one main action. Cards group what belongs together.",
        (
            Specimen("page-header", "Page header"),
            Specimen("card", "Cards"),
            Specimen("facts", "Facts"),
            Specimen("features", "Explanation"),
            Specimen("ways", "Where to go from here", wide=True),
            Specimen("disclosure", "What only some need"),
            Specimen("empty-states", "Empty states"),
        ),
    ),
    Section(
        "lists",
        "Lists",
        "Tables on a desk, cards on a phone. The whole row leads where its title leads.",
        (
            Specimen("table", "Table", wide=True),
            Specimen("people", "People in a card", wide=True),
            Specimen("search", "Search"),
            Specimen("pills", "Filters"),
            Specimen("tabs", "Tabs"),
            Specimen("pagination", "Pages"),
            Specimen("chips", "Tags"),
            Specimen("timeline", "Timeline"),
            Specimen("thread", "Messages", wide=True),
            Specimen("rich-text", "What somebody wrote"),
            Specimen("files", "Files"),
            Specimen("comparison", "Side by side", wide=True),
        ),
    ),
    Section(
        "figures",
        "Figures",
        "Charts are pictures with a sentence and a table behind them.",
        (
            Specimen("stats", "Figures with a name", wide=True),
            Specimen("headline", "One figure that a page is about", wide=True),
            Specimen("sums", "Sums that lead to a total"),
            Specimen("usages", "Limits in use"),
            Specimen("offers", "Plans to choose from", wide=True),
            Specimen("bar-chart", "Bar chart"),
            Specimen("formats", "Money, dates and numbers"),
        ),
    ),
    Section(
        "identity",
        "Identity",
        "The T is a bistro table. Initials stand for people and businesses.",
        (
            Specimen("wordmark", "Wordmark"),
            Specimen("avatars", "Initials"),
            Specimen("businesses", "Businesses", wide=True),
            Specimen("icons", "Icons"),
        ),
    ),
)
