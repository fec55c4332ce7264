from typing import Any

from django.db import migrations

DEPARTMENTS = (
    ("general", "General questions", "Allgemeine Fragen", "Anything else", "Alles andere"),
    (
        "billing",
        "Billing",
        "Rechnungen und Zahlungen",
        "Invoices, payments and plans",
        "Rechnungen, Zahlungen und Tarife",
    ),
    (
        "technical",
        "Technical support",
        "Technische Hilfe",
        "Something doesn't work as it should",
        "Etwas funktioniert nicht, wie es soll",
    ),
)
HOURS = {"low": 72, "normal": 24, "high": 8, "urgent": 2}


def begin_with_some(apps: Any, schema_editor: Any) -> None:
    """Nobody can ask a department that doesn't exist; staff rename these as they like."""
    departments = apps.get_model("tickets", "Department").objects
    for position, (key, name, name_de, summary, summary_de) in enumerate(DEPARTMENTS):
        departments.create(
            key=key,
            name=name,
            name_de=name_de,
            summary=summary,
            summary_de=summary_de,
            position=position,
        )
    levels = apps.get_model("tickets", "ServiceLevel").objects
    for priority, hours in HOURS.items():
        levels.create(plan=None, priority=priority, answer_within_hours=hours)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_protect")]

    operations = [migrations.RunPython(begin_with_some, migrations.RunPython.noop)]
