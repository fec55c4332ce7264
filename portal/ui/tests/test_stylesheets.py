"""What the stylesheets promise: colours in one place, both themes readable, nothing inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PORTAL = Path(__file__).parents[2]
CSS = PORTAL / "ui" / "static" / "ui" / "css"
TOKENS = CSS / "tokens.css"
SHEETS = sorted([*CSS.rglob("*.css"), *PORTAL.glob("*/static/**/*.css")])
TEMPLATES = sorted(PORTAL.glob("*/templates/**/*.html"))

COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(|"
    r":\s*(?:white|black|red|green|blue|gray|grey)\b",
    re.IGNORECASE,
)


def declarations(css):
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", css))


LIGHT = declarations(TOKENS.read_text().split("@media")[0])
DARK = LIGHT | declarations(TOKENS.read_text().split("@media")[1])


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet != TOKENS], ids=str)
def test_colours_are_named_only_among_the_tokens(sheet):
    assert COLOUR.findall(sheet.read_text()) == []


def test_every_token_that_is_used_is_defined():
    own = re.compile(r"--(?:button|callout|badge|notice|avatar)-")
    used = {name for sheet in SHEETS for name in re.findall(r"var\((--[\w-]+)", sheet.read_text())}

    assert {name for name in used if name not in LIGHT and not own.match(name)} == set()


def test_every_colour_has_its_counterpart_in_the_dark():
    colours = {name for name, value in LIGHT.items() if COLOUR.match(value)}
    dark = declarations(TOKENS.read_text().split("@media")[1])

    assert {name for name in colours if name not in dark} == set()


def test_every_sheet_is_part_of_the_one_that_pages_link():
    linked = set(re.findall(r'@import url\("([^"]+)"\)', (CSS / "ui.css").read_text()))
    present = {str(path.relative_to(CSS)) for path in CSS.rglob("*.css")} - {"ui.css"}

    assert linked == present


def luminance(colour):
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


GROUNDS = ("canvas", "surface", "surface-raised", "surface-sunken", "surface-hover")
WORDS = [(ink, ground) for ink in ("ink", "ink-soft", "ink-faint") for ground in GROUNDS] + [
    *[("accent-ink", ground) for ground in (*GROUNDS, "accent-soft")],
    *[("danger-ink", ground) for ground in ("surface", "surface-hover", "danger-soft")],
    ("warning-ink", "warning-soft"),
    *[("on-accent", ground) for ground in ("accent", "accent-hover", "accent-press")],
    *[("on-danger", ground) for ground in ("danger", "danger-hover", "danger-press")],
    *[(f"tint-{tint}-ink", f"tint-{tint}") for tint in range(6)],
]
SHAPES = [(shape, ground) for shape in ("line-control", "focus-ring") for ground in GROUNDS[:3]] + [
    ("chart", "surface"),
    ("danger", "surface"),
]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_can_be_read(theme, ink, ground):
    assert contrast(theme[f"--{ink}"], theme[f"--{ground}"]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_that_mean_something_can_be_seen(theme, shape, ground):
    assert contrast(theme[f"--{shape}"], theme[f"--{ground}"]) >= 3


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_no_template_has_styles_or_scripts_of_its_own(template):
    source = re.sub(r"{%.*?%}", "", template.read_text())

    assert not re.search(r"\sstyle=|<style|\son\w+=\"|javascript:", source)
    assert re.findall(r"<script(?![^>]*\ssrc=)", source) == []
