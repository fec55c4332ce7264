"""Makes `.venv/` match `requirements/dev.txt`, then runs a module of `devtools` in it.

Runs on the system's Python before anything is installed: standard library only. uv installs five to
ten times faster than pip; where it can't be had or fails, pip does the same from the same hashes.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MARKER = VENV / ".requirements-sha256"
UNFINISHED = VENV / ".unfinished"
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
CACHE = ROOT / ".dev" / "cache"


class InstallError(Exception):
    """A step of the installation failed; the message is what its command said."""


def main() -> NoReturn:
    (ROOT / ".dev").mkdir(mode=0o700, exist_ok=True)
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current():
            try:
                install()
            except InstallError as error:
                sys.exit(f"The virtual environment could not be made: {error}")
    environment = os.environ | {
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(CACHE / "pycache"),
        "VIRTUAL_ENV": str(VENV),
    }
    module, *arguments = sys.argv[1:]
    os.execve(PYTHON, [str(PYTHON), "-m", f"devtools.{module}", *arguments], environment)


def is_current() -> bool:
    return MARKER.is_file() and MARKER.read_text() == fingerprint() and venv_works()


def fingerprint() -> str:
    digest = hashlib.sha256(REQUIREMENTS.read_bytes())
    digest.update(f"{sys.version_info.major}.{sys.version_info.minor}".encode())
    return digest.hexdigest()


def venv_works() -> bool:
    """False too when the clone was moved, or its Python upgraded or taken away."""
    if not PYTHON.exists():
        return False
    probe = "import sys; print(sys.prefix, *sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, check=False)
    expected = f"{VENV} {sys.version_info.major} {sys.version_info.minor}"
    return answer.stdout.strip() == expected


def install() -> None:
    began = time.monotonic()
    say("Installing the requirements into .venv/ (the first time takes a minute)")
    if UNFINISHED.exists() or not venv_works():
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    MARKER.unlink(missing_ok=True)
    # A killed installer leaves packages that look installed and lack half of their files.
    UNFINISHED.touch()
    try:
        sync_with_uv()
    except InstallError as error:
        say(f"uv can't do it, and pip takes longer: {last_line(error)}")
        pip("--requirement", str(REQUIREMENTS))
    UNFINISHED.unlink()
    MARKER.write_text(fingerprint())
    say(f"Installed in {time.monotonic() - began:.0f} s")


def sync_with_uv() -> None:
    if not (VENV / "bin" / "uv").exists():
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
            only_uv.write(locked_requirement("uv"))
            only_uv.flush()
            pip("--requirement", only_uv.name)
    uv = [str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--python", str(PYTHON)]
    run([*uv, "--require-hashes", str(REQUIREMENTS)])


def locked_requirement(name: str) -> str:
    """The requirement's lines in the lock file: its version and all hashes."""
    pattern = rf"^{re.escape(name)}==(?:.*\\\n)*.*"
    found = re.search(pattern, REQUIREMENTS.read_text(), re.MULTILINE)
    if found is None:
        raise InstallError(f"{name} is not in {REQUIREMENTS.name}")
    return found.group()


def pip(*arguments: str) -> None:
    run([str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", *arguments])


def run(command: list[str]) -> None:
    environment = os.environ | {
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR", str(CACHE / "pip")),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        # Behind a proxy with a certificate of its own, only the system knows whom to trust.
        "UV_SYSTEM_CERTS": os.environ.get("UV_SYSTEM_CERTS", "1"),
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(CACHE / "uv")),
    }
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise InstallError(explain(done.stdout))


def explain(output: str) -> str:
    if "ensurepip" in output:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return f"Python's venv module lacks pip. On Debian: apt install python{version}-venv"
    return output.strip()


def last_line(error: InstallError) -> str:
    return (str(error).splitlines() or ["it said nothing"])[-1].strip()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
