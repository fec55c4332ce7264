from backend.crm.models.customer import Customer
from backend.crm.models.facts import CustomerErasure, CustomerImport, CustomerMerge
from backend.crm.models.note import CustomerNote
from backend.crm.models.tag import CustomerTag, Tag
from backend.crm.models.term import CustomerTerm

__all__ = [
    "Customer",
    "CustomerErasure",
    "CustomerImport",
    "CustomerMerge",
    "CustomerNote",
    "CustomerTag",
    "CustomerTerm",
    "Tag",
]
