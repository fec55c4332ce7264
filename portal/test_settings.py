"""The portal's settings under test: its own secrets, strict, and nothing of this machine's."""

import os

os.environ.update(
    SECRET_KEY="only-for-tests-" + "0" * 40,
    PLATFORM_URL="http://platform.test",
    PLATFORM_APP_ID="0199aa00-0000-7000-8000-000000000001",
    PLATFORM_APP_KEY="only-for-tests",
    ALLOWED_HOSTS="testserver",
    DEBUG="0",
    PORTAL_READ_ONLY="0",
    UPLOAD_ORIGIN="https://files.tavola.example",
    LOG_LEVEL="WARNING",
)

from portal.settings import *  # noqa: F403 - the environment comes first

SECURE_SSL_REDIRECT = False
# Hashed file names need a collected static root; a test of its own looks at those.
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
# Files are not served in tests, so that no static root need exist.
WHITENOISE_AUTOREFRESH = True
