"""A new key takes over from an old one, which can then be dropped."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from backend.accounts.models import Person
from backend.accounts.second_factor import use_code
from backend.common.encryption import Undecryptable


def test_second_factors_work_without_the_old_key(anna: Person, enrol: Any) -> None:
    app = enrol(anna)
    new = Fernet.generate_key().decode()
    with override_settings(FIELD_ENCRYPTION_KEYS=[new]), pytest.raises(Undecryptable):
        use_code(anna, app.code())

    with override_settings(FIELD_ENCRYPTION_KEYS=[new, *settings.FIELD_ENCRYPTION_KEYS]):
        call_command("reencrypt_second_factors")

    with override_settings(FIELD_ENCRYPTION_KEYS=[new]):
        recovery = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
        assert use_code(anna, recovery)
        assert use_code(anna, app.code())
