from backend.client_apps.models.app import ClientApp, Kind, validate_scopes
from backend.client_apps.models.key import AppKey, IssuedKey, key_digest

__all__ = ["AppKey", "ClientApp", "IssuedKey", "Kind", "key_digest", "validate_scopes"]
