from __future__ import annotations

import threading
from contextvars import ContextVar

import pytest

from portal.api_client import afterwards, parallel
from portal.api_client.errors import Unreachable

word: ContextVar[str] = ContextVar("word", default="")


def test_the_calls_run_at_once_and_come_back_in_order():
    both_are_there = threading.Barrier(2, timeout=2)

    def wait(name: str) -> str:
        both_are_there.wait()
        return name

    assert parallel(lambda: wait("a"), lambda: wait("b")) == ("a", "b")


def test_an_error_of_any_is_raised():
    def fail() -> None:
        raise Unreachable

    with pytest.raises(Unreachable):
        parallel(lambda: 1, fail)
    with pytest.raises(Unreachable):
        parallel(fail, lambda: 1)


def test_what_a_thread_sets_stays_in_it_and_what_it_needs_comes_along():
    word.set("outside")

    def change() -> str:
        before = word.get()
        word.set("inside")
        return before

    assert parallel(lambda: None, change) == (None, "outside")
    assert word.get() == "outside"


def test_the_first_runs_where_the_page_is_rendered():
    here, there = parallel(threading.get_ident, threading.get_ident)

    assert here == threading.get_ident()
    assert there != here


def test_what_follows_a_page_keeps_nobody_waiting():
    page_is_out = threading.Event()
    done = threading.Event()

    def call() -> None:
        page_is_out.wait(2)
        done.set()

    afterwards(call)
    assert not done.is_set()
    page_is_out.set()

    assert done.wait(2)


def test_an_error_of_what_follows_is_logged_and_nothing_more(caplog):
    done = threading.Event()

    def fail() -> None:
        try:
            raise Unreachable
        finally:
            done.set()

    afterwards(fail)

    assert done.wait(2)
    assert parallel(lambda: 1, lambda: 2) == (1, 2)
