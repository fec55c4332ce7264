"""PostgreSQL refuses to run as root; this is whom it runs as then."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from devtools.console import Failure

NAME = "tavola-postgres"
SYSTEM_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"


def command_prefix() -> list[str]:
    """What to put before a command of PostgreSQL: nothing, unless this is root.

    The clone may lie below a directory that only root can enter (`/root`, a `mktemp -d`). Rather
    than opening those to everybody, the processes keep the one capability that overrides
    permissions: they are trusted with no more than root's `bin/dev` itself.
    """
    if os.geteuid() != 0:
        return []
    user = _ensured()
    return [
        _found("setpriv"),
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        # Else access(2), by which PostgreSQL looks for its own programs, leaves the capability out.
        "--securebits=+no_setuid_fixup",
        "--",
    ]


def own(path: Path) -> None:
    """Gives `path` and all below it to the system user, if this is root."""
    if os.geteuid() != 0:
        return
    user = _ensured()
    if path.stat().st_uid != user.pw_uid:
        for found in (path, *path.rglob("*")):
            os.chown(found, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _ensured() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    options = ["--system", "--user-group", "--no-create-home", "--home-dir=/nonexistent"]
    done = subprocess.run(
        [_found("useradd"), *options, "--shell=/usr/sbin/nologin", NAME],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 9):  # 9: another process was faster
        raise Failure(f"PostgreSQL can't run as root, and no user could be made: {done.stderr}")
    return pwd.getpwnam(NAME)


def _found(program: str) -> str:
    path = shutil.which(program, path=SYSTEM_PATH)
    if path is None:
        raise Failure(
            f"PostgreSQL can't run as root, and to run it as another user {program} is missing: "
            "run this as an ordinary user."
        )
    return path
