"""Whose word about an address is believed."""

from __future__ import annotations

import pytest
from django.test import RequestFactory, override_settings

from backend.common.addresses import address_of, neighbourhood


@pytest.mark.parametrize(
    ("forwarded", "proxies", "is_portal", "expected"),
    [
        ("", 0, False, "10.0.0.1"),
        ("203.0.113.7", 0, False, "10.0.0.1"),
        ("203.0.113.7", 0, True, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", 0, True, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", 1, False, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7, 172.16.0.9", 1, True, "203.0.113.7"),
        ("", 1, False, "10.0.0.1"),
        ("rubbish", 0, True, "10.0.0.1"),
        ("203.0.113.7", 3, True, "10.0.0.1"),
        ("2001:db8::1", 0, True, "2001:db8::1"),
    ],
)
def test_only_vouched_entries_count(
    forwarded: str, proxies: int, is_portal: bool, expected: str
) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1")
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    with override_settings(TRUSTED_PROXIES=proxies):
        assert address_of(request, is_portal=is_portal) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_a_subscriber_has_many_ipv6_addresses(address: str, expected: str) -> None:
    assert neighbourhood(address) == expected
