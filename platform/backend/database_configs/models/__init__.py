from backend.database_configs.models.config import DatabaseConfig, Engine, Status, TlsMode
from backend.database_configs.models.validation import DatabaseValidation, State

__all__ = ["DatabaseConfig", "DatabaseValidation", "Engine", "State", "Status", "TlsMode"]
