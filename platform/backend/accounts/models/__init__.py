from backend.accounts.models.person import Person
from backend.accounts.models.session import Session

__all__ = ["Person", "Session"]
