"""How the two sides are configured and started in development: like production, on localhost."""

import json
import os
import secrets
import sys
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devtools.mailbox import email_url
from devtools.paths import ROOT, STATE

# What a person may have exported for something else must not leak into the pair.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TERM", "TMPDIR", "TZ", "PYTHONPYCACHEPREFIX")


@dataclass(frozen=True)
class Pair:
    """Both sides' configuration. `state` is where their secrets, mail, static files, media lie."""

    database_url: str
    platform_port: int
    portal_port: int
    state: Path = STATE

    @property
    def platform_url(self) -> str:
        return f"http://localhost:{self.platform_port}"

    @property
    def portal_url(self) -> str:
        return f"http://localhost:{self.portal_port}"

    @property
    def mailbox(self) -> Path:
        return self.state / "mailbox"

    def static(self, side: str) -> Path:
        return self.state / f"static-{side}"

    def prepare_state(self) -> None:
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        for directory in (self.mailbox, self.static("platform"), self.static("portal")):
            directory.mkdir(mode=0o700, exist_ok=True)

    def platform_environment(self) -> dict[str, str]:
        generated = remembered(self.state / "secrets.json", generate_secrets)
        return _inherited() | {
            "SECRET_KEY": generated["platform_secret_key"],
            "FIELD_ENCRYPTION_KEYS": generated["field_encryption_key"],
            "DATABASE_URL": self.database_url,
            "DEBUG": "1",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "EMAIL_URL": email_url(self.mailbox),
            "PORTAL_ORIGIN": self.portal_url,
            # To try one's own PostgreSQL as a tenant's.
            "DATABASE_CONFIG_ALLOWED_NETWORKS": "127.0.0.0/8",
            "PLATFORM_ORIGIN": self.platform_url,
            "SANDBOX_PAYMENTS": "1",
            "STATIC_ROOT": str(self.static("platform")),
            "MEDIA_ROOT": str(self.state / "media"),
            "PYTHONPATH": str(ROOT / "platform"),
        }

    def portal_environment(self) -> dict[str, str]:
        generated = remembered(self.state / "secrets.json", generate_secrets)
        app = self.portal_app()
        return _inherited() | {
            "SECRET_KEY": generated["portal_secret_key"],
            "DEBUG": "1",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            # By number: "localhost" would first be tried on IPv6.
            "PLATFORM_URL": f"http://127.0.0.1:{self.platform_port}",
            "PLATFORM_PUBLIC_URL": self.platform_url,
            "UPLOAD_ORIGIN": self.platform_url,
            "PLATFORM_APP_ID": app["id"],
            "PLATFORM_APP_KEY": app["key"],
            "STATIC_ROOT": str(self.static("portal")),
            "PYTHONPATH": str(ROOT),
        }

    def portal_app(self) -> dict[str, str]:
        """The portal's credentials, to be registered with `create_portal_app`."""
        return remembered(self.state / "portal-app.json", generate_portal_app)

    def register_portal(self) -> list[str]:
        """The command that makes these credentials known to the platform.

        Joined by `=`: a key may begin with a dash, and would be taken for an option.
        """
        app = self.portal_app()
        return manage("platform", "create_portal_app", f"--id={app['id']}", f"--key={app['key']}")

    def web_command(self, side: str) -> list[str]:
        """gunicorn as in production, but reloading, and reachable from this machine only."""
        port = {"platform": self.platform_port, "portal": self.portal_port}[side]
        command = [sys.executable, "-m", "gunicorn", "--config", f"deploy/{side}.gunicorn.py"]
        command += ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--reload"]
        # Django caches templates also under DEBUG; only its own development server clears them.
        for template in sorted((ROOT / side).rglob("templates/**/*.*")):
            command += ["--reload-extra-file", str(template)]
        return command

    def worker_command(self) -> list[str]:
        """Jobs that succeeded are deleted: a mail is not kept once it is sent."""
        return manage("platform", "procrastinate", "worker", "--delete-jobs=successful")


def manage(side: str, *arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / f"manage_{side}.py"), *arguments]


def generate_secrets() -> dict[str, str]:
    return {
        "platform_secret_key": secrets.token_urlsafe(48),
        "portal_secret_key": secrets.token_urlsafe(48),
        "field_encryption_key": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }


def generate_portal_app() -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "key": secrets.token_urlsafe(32)}


def remembered(path: Path, generate: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What the file holds; generated into it, for this user's eyes only, the first time."""
    try:
        found: dict[str, str] = json.loads(path.read_text())
    except FileNotFoundError:
        found = generate()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(found, file, indent=2)
    return found


def _inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {
        "PYTHONUNBUFFERED": "1"
    }
