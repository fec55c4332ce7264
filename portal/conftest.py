"""Set-up of the portal's tests: settings from here, so that nothing on the machine decides."""

import os

os.environ.update(
    DJANGO_SETTINGS_MODULE="portal.settings",
    DEBUG="0",
    SECRET_KEY="only-for-tests-" * 4,
    PLATFORM_URL="http://platform.test",
    PLATFORM_APP_ID="0199aa00-0000-7000-8000-000000000001",
    PLATFORM_APP_KEY="only-for-tests",
    ALLOWED_HOSTS="testserver",
    SECURE_SSL_REDIRECT="0",
)

import django

django.setup()
