"""What must be right outside the clone, said in one clear line where it isn't."""

import os
import socket

import psutil
import psycopg

from devtools.console import Failure


def port(variable: str, default: int) -> int:
    value = os.environ.get(variable) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise Failure(f"{variable} must be a port number, not {value!r}.")
    return int(value)


def require_free(number: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except PermissionError:
            raise Failure(
                f"Port {number} needs more rights: choose another by {variable}."
            ) from None
        except OSError:
            raise Failure(
                f"Port {number} is taken{by_whom(number)}: choose another by {variable}."
            ) from None


def by_whom(number: int) -> str:
    """Best effort: other users' processes are hidden from us."""
    for connection in psutil.net_connections("tcp"):
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr.port == number
        if listens and connection.pid:
            return f" by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    return ""


def require_answer(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=5) as probe:
            probe.execute("SELECT 1")
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise Failure(f"The database of DATABASE_URL can't be used: {reason}") from None
