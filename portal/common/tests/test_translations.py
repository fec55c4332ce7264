from __future__ import annotations

from io import StringIO

import pytest
from babel.messages.mofile import read_mo
from django.apps import apps
from django.core.management import CommandError, call_command

from portal.common import translations


@pytest.mark.parametrize("language", translations.languages())
def test_nothing_lacks_a_translation(language):
    assert translations.untranslated(language) == []


@pytest.fixture
def area(tmp_path, monkeypatch):
    """An area of the site with a text in a view, and three in a template."""
    place = tmp_path / "shop"
    (place / "templates" / "shop").mkdir(parents=True)
    (place / "tests").mkdir()
    (place / "views.py").write_text("title = _('Our shop')\nngettext('One cup', '%(n)s cups', 2)")
    (place / "tests" / "test_views.py").write_text("_('Only a test')")
    (place / "templates" / "shop" / "home.html").write_text(
        '<p>It\'s (\n  {% translate "Welcome" %}\n   {% button _("Buy") %}'
        "{% blocktranslate with name=x %}Dear {{ name }}{% endblocktranslate %}"
    )
    monkeypatch.setattr(translations, "areas", lambda: [place])
    return place


def test_the_texts_of_sources_and_templates_are_found(area):
    translations.update(area, "de")

    catalog = translations.read(area, "de")
    assert [message.id for message in catalog if message.id] == [
        "Welcome",
        "Buy",
        "Dear %(name)s",
        "Our shop",
        ("One cup", "%(n)s cups"),
    ]


def test_translations_survive_an_update_and_what_is_gone_goes(area):
    po = translations.update(area, "de")
    po.write_text(po.read_text().replace('msgid "Buy"\nmsgstr ""', 'msgid "Buy"\nmsgstr "Kaufen"'))
    (area / "views.py").write_text("")

    translations.update(area, "de")

    catalog = translations.read(area, "de")
    assert catalog.get("Buy").string == "Kaufen"
    assert catalog.get("Our shop") is None
    assert "Our shop" not in po.read_text()


def test_updating_twice_changes_nothing(area):
    first = translations.update(area, "de").read_text()

    assert translations.update(area, "de").read_text() == first
    assert "20" not in first.split("#:")[0], "no dates"


def test_what_lacks_a_translation_is_listed_and_fails_the_check(area):
    out = StringIO()
    with pytest.raises(CommandError, match="5 texts lack a translation into de"):
        call_command("update_translations", "--check", stdout=out)

    assert "de  shop: Our shop" in out.getvalue().splitlines()
    assert not (area / "locale").exists(), "a check writes nothing"


def test_half_a_plural_is_none(area):
    po = translations.update(area, "de")
    po.write_text(po.read_text().replace('msgstr[0] ""', 'msgstr[0] "Eine Tasse"'))

    assert "shop: One cup" in translations.untranslated("de")


def test_compiling_makes_what_gettext_reads(area):
    po = translations.update(area, "de")
    po.write_text(po.read_text().replace('msgid "Buy"\nmsgstr ""', 'msgid "Buy"\nmsgstr "Kaufen"'))

    (compiled,) = translations.compile_all()

    with compiled.open("rb") as file:
        assert read_mo(file).get("Buy").string == "Kaufen"
    assert [path.name for path in sorted(compiled.parent.iterdir())] == ["django.mo", "django.po"]


def test_every_area_takes_part():
    names = {config.name for config in apps.get_app_configs() if config.name.startswith("portal.")}

    assert len(translations.areas()) == len(names)
