"""`bin/lock`: requirements/*.in → *.txt, for every platform that the wheels support."""

import subprocess
import sys
from pathlib import Path

from devtools.console import Failure, step, tell
from devtools.paths import ROOT

REQUIREMENTS = ROOT / "requirements"
# Each with those whose versions it takes, and which are locked before it.
NAMES = {
    "platform": (),
    "worker": ("platform",),
    "portal": (),
    "dev": ("worker", "portal"),
}


def main() -> int:
    try:
        for name in NAMES:
            with step(f"requirements/{name}.txt"):
                lock(name, sys.argv[1:])
    except Failure as failure:
        tell(failure)
        return 1
    return 0


def lock(name: str, options: list[str]) -> None:
    output = REQUIREMENTS / f"{name}.txt"
    constraints = [f"--constraint={other}.txt" for other in NAMES[name]]
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "uv"),
            *["pip", "compile", "--quiet", "--generate-hashes", "--python-version=3.11"],
            *["--universal", "--no-emit-index-url", "--no-emit-find-links"],
            "--custom-compile-command=uv pip compile (see bin/lock)",
            *constraints,
            *options,
            f"--output-file={output.name}",
            f"{name}.in",
        ],
        cwd=REQUIREMENTS,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Failure(f"{name}.in can't be locked.", done.stderr)


if __name__ == "__main__":
    sys.exit(main())
