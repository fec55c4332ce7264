"""The platform's settings under test: its own secrets, strict, and quick at hashing."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 40)
os.environ.setdefault("FIELD_ENCRYPTION_KEYS", "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMDA=")
os.environ["DEBUG"] = "0"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["EMAIL_URL"] = "memorymail://"
os.environ["TENANCY_GUARD"] = "1"
os.environ["LOG_LEVEL"] = "WARNING"
os.environ["DATABASE_CONFIG_ALLOWED_NETWORKS"] = "127.0.0.0/8"
os.environ.pop("REDIS_URL", None)

from backend.settings import *  # noqa: F403 - the environment comes first

SECURE_SSL_REDIRECT = False
# Hashed file names need a collected static root.
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
# Files are not served in tests, so that no static root need exist.
WHITENOISE_AUTOREFRESH = True
# Argon2 takes its time on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
