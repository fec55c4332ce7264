"""The made-up people and figures that the style guide is filled with."""

import datetime

from django import forms

from portal.ui.components.figures import Point
from portal.ui.components.steps import Step
from portal.ui.components.tables import Column
from portal.ui.widgets import Choice, DescribedCheckboxes, DescribedRadios

NEW_BY_DAY = (
    3,
    1,
    0,
    4,
    6,
    2,
    2,
    5,
    3,
    0,
    1,
    4,
    7,
    5,
    3,
    2,
    0,
    6,
    8,
    4,
    3,
    5,
    2,
    1,
    4,
    9,
    6,
    3,
    5,
    7,
)
FORM_STEPS = (
    Step("Business", "missing"),
    Step("Money and tax", "done"),
    Step("People", "current"),
    Step("Review", "waiting"),
)
WORK_STEPS = (
    Step("Tax rates", "done"),
    Step("A place for your data", "failed"),
    Step("Protection", "current"),
    Step("Opening", "waiting"),
)
SAID = """<p>The card reader at the bar says <code>E-214</code>, since
<strong>yesterday evening</strong>:</p>
<ul><li>switched off and on again</li><li>another cable, see
<a href="https://status.example/">the status page</a></li></ul>
<blockquote><p>Which version does it show?</p></blockquote>
<pre><code>firmware 4.2.1-a-line-that-has-no-place-to-break-and-breaks-nevertheless-somewhere
</code></pre>"""
FIRST_DAY = datetime.date(2026, 5, 1)


class ReservationForm(forms.Form):
    name = forms.CharField(label="Name")
    email = forms.EmailField(label="E-mail", required=False, help_text="For the confirmation.")
    language = forms.ChoiceField(
        label="Language", choices=[("en", "English"), ("de", "German")], required=False
    )
    wishes = forms.CharField(label="Wishes", widget=forms.Textarea, required=False)


class WishesForm(forms.Form):
    seating = forms.ChoiceField(
        label="Where would you like to sit?",
        choices=[("in", "Inside"), ("out", "On the terrace")],
        widget=forms.RadioSelect,
    )
    news = forms.BooleanField(label="Tell me about wine evenings", required=False)
    menu = forms.FileField(label="Menu", help_text="A PDF of at most 2 MB.", required=False)


class EveningForm(forms.Form):
    menu = forms.MultipleChoiceField(
        label="What comes to the table",
        choices=[
            (
                "Food",
                [
                    ("antipasti", Choice("Antipasti", "For everybody to share.")),
                    ("pasta", Choice("Pasta", "Half a portion each.")),
                ],
            ),
            ("Wine", [("white", Choice("White")), ("red", Choice("Red", "From the region."))]),
        ],
        widget=DescribedCheckboxes,
        initial=["pasta"],
    )
    seating = forms.ChoiceField(
        label="Where",
        choices=[
            ("in", Choice("Inside", "By the fire.")),
            ("out", Choice("On the terrace", "With blankets.")),
        ],
        widget=DescribedRadios,
        initial="in",
    )


def context() -> dict[str, object]:
    """What every specimen may show."""
    refused = ReservationForm({"name": "", "email": "anna@", "language": "fr"})
    refused.add_error(None, "This table is taken at that time.")
    return {
        "reservation": ReservationForm({"name": "Anna Rossi", "email": "anna@aurora.test"}),
        "refused": refused,
        "wishes": WishesForm(),
        "evening": EveningForm(),
        "columns": (
            Column("Guest"),
            Column("Phone"),
            Column("Visits", "number"),
            Column("Spent", "number"),
        ),
        "guests": (
            {"name": "Anna Rossi", "more": "Studio Rossi", "phone": "+39 02 5550 111", "visits": 12}
            | {"spent": 148_250},
            {"name": "Jonas Weber", "more": "", "phone": "+49 30 5550 222", "visits": 3}
            | {"spent": 9_480},
            {"name": "Mary O’Connor", "more": "Harbour Books", "phone": "", "visits": 1204}
            | {"spent": 1_204_050},
        ),
        "points": [
            Point((FIRST_DAY + datetime.timedelta(days=index)).strftime("%-d %b"), value)
            for index, value in enumerate(NEW_BY_DAY)
        ],
        "values": NEW_BY_DAY,
        "said": SAID,
        "words": ("VIP", "Wine club"),
        "today": FIRST_DAY,
        "now": datetime.datetime(2026, 5, 1, 19, 30, tzinfo=datetime.UTC),
    }
