from __future__ import annotations

import pytest

from portal.common.http import local_path, see_other


@pytest.mark.parametrize("path", ["/", "/t/aurora/", "/t/aurora/customers/?q=a&b=%20#x"])
def test_a_path_of_ours_is_followed(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "address",
    [
        "",
        "t/aurora/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        " /t/",
        "/\n/evil.example",
        "/\t/evil.example",
        "/\x00",
        "/\u2044evil",
        "/" + "x" * 2000,
    ],
)
def test_nothing_else_is(address):
    assert local_path(address) == ""


def test_a_write_ends_on_another_page_with_its_notice():
    response = see_other("account:profile", notice="profile-saved")

    assert (response.status_code, response.url) == (303, "/account/?notice=profile-saved")


def test_a_query_that_is_there_is_kept():
    assert (
        see_other("/t/?page=2", notice="x", query={"a": "b&c"}).url == "/t/?page=2&a=b%26c&notice=x"
    )


def test_without_words_the_address_stays_plain():
    assert see_other("/t/").url == "/t/"
