"""What these pages say after a write, by the fixed word in the address."""

from portal.ui.components.feedback import Notice

NOTICES: dict[str, Notice] = {}
