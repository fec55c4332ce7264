"""The checks that are other programs' work. Each returns quietly, or raises what it found."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

from devtools.console import Failure
from devtools.pair import manage
from devtools.paths import CACHE, ROOT

BIN = Path(sys.executable).parent
OPENAPI = ROOT / "docs" / "api" / "openapi.yaml"
AUDIT_SECONDS = 120
# As in production; nothing here is a secret of anything, and nothing listens there.
COMMON = {"ALLOWED_HOSTS": "tavola.example", "TRUSTED_PROXIES": "1"}
PLATFORM = COMMON | {
    "DJANGO_SETTINGS_MODULE": "backend.settings",
    "SECRET_KEY": "wkXq0W3n8C2yJr5tZb7uMd1vQ6oLh4aEeTgPs9fNiKxRjYzBcVmU",
    "FIELD_ENCRYPTION_KEYS": "kbg2dZ0m5F1qXo7vJw3yRt8uPc6sLh4aEeTgNs9fNiI=",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "EMAIL_URL": "smtp+tls://mail.example:587",
    "PORTAL_ORIGIN": "https://portal.tavola.example",
    "S3_BUCKET": "tavola",
}
PORTAL = COMMON | {
    "DJANGO_SETTINGS_MODULE": "portal.settings",
    "SECRET_KEY": "Qp7vJw3yRt8uXc6sLh4aEeTgNs9fNiKx0W3n8C2yJr5tZb7uMd1v",
    "PLATFORM_URL": "https://platform.tavola.example",
    "PLATFORM_APP_ID": "01890a5d-ac96-774b-bcce-b302099a8057",
    "PLATFORM_APP_KEY": "kbg2dZ0m5F1qXo7vJw3yRt8uPc6sLh4aEeTgNs9fNiI",
}


class CheckFailed(Exception):
    """What to print beneath the failed check."""


class CheckSkipped(Exception):
    """Why the check could not be made; doesn't fail the run."""


def ruff() -> None:
    tool("ruff", "check", "--quiet", ".")


def ruff_format() -> None:
    tool("ruff", "format", "--check", "--quiet", "--diff", ".")


def mypy_platform() -> None:
    mypy(PLATFORM, "platform/backend", "manage_platform.py")


def mypy_portal() -> None:
    mypy(PORTAL, "portal", "manage_portal.py", "devtools")


def mypy(settings: Mapping[str, str], *paths: str) -> None:
    cache = CACHE / "mypy" / settings["DJANGO_SETTINGS_MODULE"]
    tool("mypy", "--no-error-summary", "--cache-dir", str(cache), *paths, environment=settings)


def import_contracts() -> None:
    path = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    cache = str(CACHE / "import-linter")
    tool("lint-imports", "--cache-dir", cache, environment={"PYTHONPATH": path})


def templates() -> None:
    tool("djlint", "--lint", "--quiet", "portal")


def missing_migrations() -> None:
    run(manage("platform", "makemigrations", "--check", "--dry-run"), PLATFORM)


def deploy_platform() -> None:
    run(manage("platform", "check", "--deploy", "--fail-level", "WARNING"), PLATFORM)


def deploy_portal() -> None:
    run(manage("portal", "check", "--deploy", "--fail-level", "WARNING"), PORTAL)


def translations() -> None:
    run(manage("portal", "update_translations", "--check"), PORTAL)


def openapi() -> None:
    described = openapi_from_code()
    written = OPENAPI.read_text() if OPENAPI.exists() else ""
    if described != written:
        lines = unified_diff(written.splitlines(), described.splitlines(), "written", "code")
        raise CheckFailed("\n".join([*list(lines)[:60], "`bin/check --fix` writes it anew."]))


def openapi_from_code() -> str:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "openapi.yaml"
        command = ["spectacular", "--validate", "--fail-on-warn", "--file", str(file)]
        run(manage("platform", *command), PLATFORM)
        return file.read_text()


def permission_table() -> None:
    run(manage("platform", "permission_table", "--check"), PLATFORM)


def shell_scripts() -> None:
    for directory in ("bin", ".ci", "deploy", "devtools"):
        for path in sorted((ROOT / directory).iterdir()):
            interpreter = shebang(path)
            if interpreter in {"sh", "bash"}:
                run([interpreter, "-n", str(path)], {})


def shebang(path: Path) -> str:
    if not path.is_file():
        return ""
    first = path.read_bytes().partition(b"\n")[0].decode(errors="replace")
    return first.rpartition("/")[2].rpartition(" ")[2] if first.startswith("#!") else ""


def vulnerabilities() -> None:
    """Skipped where the advisory service can't be asked: a build must not depend on it."""
    files = [f"--requirement=requirements/{name}.txt" for name in ("platform", "portal", "dev")]
    quiet = ["--progress-spinner", "off", "--timeout", "5"]
    try:
        tool("pip-audit", "--strict", "--disable-pip", "--require-hashes", *quiet, *files)
    except CheckFailed as failure:
        if "known vulnerabilit" in str(failure):
            raise
        reason = (str(failure).splitlines() or [""])[-1]
        raise CheckSkipped(f"NOTHING WAS AUDITED, the advisories can't be had: {reason}") from None
    except subprocess.TimeoutExpired:
        raise CheckSkipped("NOTHING WAS AUDITED, the advisories didn't come in time.") from None


def fix() -> None:
    """Puts right what a program can: lint, format, the written OpenAPI and permissions."""
    tool("ruff", "check", "--fix", "--quiet", ".")
    tool("ruff", "format", "--quiet", ".")
    OPENAPI.parent.mkdir(parents=True, exist_ok=True)
    OPENAPI.write_text(openapi_from_code())
    run(manage("platform", "permission_table"), PLATFORM)


def tool(name: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    run([str(BIN / name), *arguments], environment or {})


def run(command: list[str], environment: Mapping[str, str], *, directory: Path = ROOT) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=AUDIT_SECONDS if "pip-audit" in command[0] else None,
        )
    except FileNotFoundError as error:
        raise Failure(f"{error.filename} is missing from the virtual environment.") from None
    if done.returncode != 0:
        raise CheckFailed(done.stdout.strip())
