"""A new key takes over from an old one, which can then be dropped."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from backend.common.encryption import Undecryptable, decrypt
from backend.conftest import House
from backend.database_configs.tests.conftest import make, rows
from backend.database_configs.tests.servers import PASSWORD


def test_secrets_open_without_the_old_key(
    aurora: House, bluefin: House, settings: Any, capsys: Any
) -> None:
    for house in (aurora, bluefin):
        make(house)
    old, new = settings.FIELD_ENCRYPTION_KEYS, Fernet.generate_key().decode()
    before = rows(aurora)

    settings.FIELD_ENCRYPTION_KEYS = [new, *old]
    call_command("reencrypt_database_secrets")

    assert capsys.readouterr().out == "Encrypted 2 secrets anew.\n"
    settings.FIELD_ENCRYPTION_KEYS = [new]
    for house in (aurora, bluefin):
        (row,) = rows(house)
        assert decrypt(row["secret"]) == PASSWORD
    # It is no change that anybody made.
    (row,) = rows(aurora)
    assert before == [row | {"secret": before[0]["secret"]}]
    settings.FIELD_ENCRYPTION_KEYS = old
    with pytest.raises(Undecryptable):
        decrypt(row["secret"])


def test_one_that_no_key_opens_doesnt_hold_up_the_others(
    aurora: House, bluefin: House, settings: Any, capsys: Any
) -> None:
    old, new = settings.FIELD_ENCRYPTION_KEYS, Fernet.generate_key().decode()
    make(aurora)
    lost = rows(aurora)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    make(bluefin)

    call_command("reencrypt_database_secrets")

    said = capsys.readouterr()
    assert said.out == "Encrypted 1 secrets anew.\n"
    assert said.err == "No key fits 1 secrets: their owners must enter them again.\n"
    assert rows(aurora) == lost
    settings.FIELD_ENCRYPTION_KEYS = old
