"""Shows each mail that the platform "sends" in development, so that its code can be read and typed.

Django's file backend appends messages to files, each closed by a line of 79 dashes.
"""

import email
import email.policy
import sys
import threading
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from devtools.console import coloured, printable

END = b"\n" + b"-" * 79 + b"\n"
INTERVAL = 0.3


def email_url(mailbox: Path) -> str:
    return f"filemail:///{quote(str(mailbox))}"


class MailboxWatcher(threading.Thread):
    """Prints what arrives after it was started."""

    def __init__(self, mailbox: Path) -> None:
        super().__init__(daemon=True)
        self._mailbox = mailbox
        self._read = {path: path.stat().st_size for path in mailbox.iterdir()}
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(INTERVAL):
            for message in self.arrived():
                print(render(message), flush=True)

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def arrived(self) -> list[EmailMessage]:
        messages = []
        for path in sorted(self._mailbox.iterdir()):
            with path.open("rb") as file:
                file.seek(self._read.get(path, 0))
                complete, end, _ = file.read().rpartition(END)
            if end:
                self._read[path] = self._read.get(path, 0) + len(complete) + len(end)
                messages += [parse(part) for part in complete.split(END)]
        return messages


def parse(part: bytes) -> EmailMessage:
    return email.message_from_bytes(part, policy=email.policy.default)


def render(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    text = body.get_content().strip() if body is not None else "(no text)"
    lines = [f"To: {message['To']}", f"Subject: {message['Subject']}", "", *text.splitlines()]
    frame = coloured("    mail ✉ ", "yellow", sys.stdout)
    return "\n".join(f"{frame}{printable(line)}" for line in lines)
