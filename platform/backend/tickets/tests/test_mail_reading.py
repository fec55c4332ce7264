"""Mails as they are: whatever stands in them, reading one never fails."""

from __future__ import annotations

import pytest
from anymail.inbound import AnymailInboundMessage

from backend.tickets.incoming.machines import is_automatic
from backend.tickets.incoming.mail import IncomingMessage


def raw(*lines: str, body: bytes = b"Yes.") -> IncomingMessage:
    source = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return IncomingMessage(AnymailInboundMessage.parse_raw_mime_bytes(source))


def test_a_report_of_a_mail_server_is_a_machines() -> None:
    assert is_automatic(raw("From: a@b.test", "Content-Type: multipart/report; boundary=x"))
    assert not is_automatic(raw("From: a@b.test", "Content-Type: text/plain"))


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        ("windows-1252", "„Grüße“".encode("cp1252"), "„Grüße“"),
        ("nonsense", "Grüße".encode(), "Grüße"),
        ("punycode", b"abc" * 1000, "abc" * 1000),
        ("undefined", b"Yes", "Yes"),
        ("utf-8", b"\xff\xfeYes", "\ufffd\ufffdYes"),
    ],
)
def test_any_charset_is_read(charset: str, body: bytes, text: str) -> None:
    mail = raw(f"Content-Type: text/plain; charset={charset}", body=body)
    assert mail.text == text


def test_a_mail_within_a_mail_isnt_read() -> None:
    body = b"\r\n".join(
        [
            b"--x", b"Content-Type: message/rfc822", b"Content-Disposition: attachment", b"",
            b"Subject: Inner", b"", b"Not mine.", b"--x--", b"",
        ]
    )  # fmt: skip
    mail = raw("Content-Type: multipart/mixed; boundary=x", body=body)
    assert mail.text == ""
    [file] = mail.files
    assert (file.content_type, file.filename) == ("message/rfc822", "")
    assert b"Not mine." in file.content


@pytest.mark.parametrize(
    "header",
    [
        "From: <<>>", "From: \x00", "From: =?utf-8?b?////?=", "From: \xff@\xfe", "From: @",
        "From: a b c <", "To: ,,,", "Message-ID: <\x01>", "Message-ID: " + "[" * 500,
        "Content-Type: text/plain; charset*=''x", "Content-Type: ;;;", "Content-Type: multipart/x",
        "Content-Disposition: attachment; filename*=utf-8''%ff%fe", "Content-Disposition: ;=",
        "Content-Disposition: attachment; filename==?utf-8?b?////?=",
        "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: nonsense",
        "Content-Transfer-Encoding: uuencode",
    ],
)  # fmt: skip
def test_no_header_makes_reading_fail(header: str) -> None:
    mail = raw(header)
    assert not mail.sender.strip("\ufffd@")
    assert isinstance(mail.mail_id, str)
    assert mail.recipients is not None
    assert isinstance(mail.text, str)
    assert isinstance(list(mail.files), list)
    assert not is_automatic(mail)
