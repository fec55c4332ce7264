"""Small servers that behave badly on purpose, on real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}"
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}"
ELSEWHERE = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
HANG_UP = b""
SLEEP = b"sleep"
DRIP = b"<drip>"
"""In an answer: a tenth of a second passes here."""


class Server:
    """Answers each request with the next of `answers`, the last one for good."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers
        self.requests: list[bytes] = []
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.closed = threading.Event()

    def run(self) -> None:
        while not self.closed.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            while request := _read(connection):
                self.requests.append(request)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer == SLEEP:
                    self.closed.wait(10)
                    return
                if answer == HANG_UP:
                    return
                if not self._answer(connection, answer):
                    return

    def _answer(self, connection: socket.socket, answer: bytes) -> bool:
        """False when the other side has gone meanwhile."""
        for piece in answer.split(DRIP):
            try:
                connection.sendall(piece)
            except OSError:
                return False
            if len(piece) < len(answer):
                self.closed.wait(0.1)
        return True


def _read(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        try:
            chunk = connection.recv(65536)
        except OSError:
            return b""
        if not chunk:
            return b""
        received += chunk
    return received


@contextmanager
def serving(*answers: bytes) -> Iterator[Server]:
    server = Server(list(answers))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closed.set()
        server.socket.close()


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"
