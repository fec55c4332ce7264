"""What holds for the repository as a whole."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = [ROOT / "requirements" / f"{name}.txt" for name in ("platform", "worker", "portal", "dev")]
DOCKERFILES = sorted((ROOT / "deploy").glob("*.Dockerfile"))
PINNED = re.compile(r"^([a-z0-9._-]+)(\[[a-z0-9,]+\])?==([^\s;]+)", re.MULTILINE)


def pytest_in(directory: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(
        command, cwd=ROOT / directory, capture_output=True, text=True, check=False
    )


def test_a_bare_pytest_says_what_to_run_instead() -> None:
    done = pytest_in(".")

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "bin/test" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_platforms_source_root_never_becomes_a_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_the_platforms_command_line_cannot_reach_the_portal() -> None:
    """Its root leaves `sys.path`: checked where that happens, in a process of its own."""
    probe = "import sys, manage_platform as m; sys.argv = ['', 'version']; m.main(); import portal"
    command = [sys.executable, "-c", probe]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "ModuleNotFoundError: No module named 'portal'" in done.stderr


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_lock_pins_by_hash_and_names_no_index(lock: Path) -> None:
    text = lock.read_text()
    pinned = [entry for entry in re.split(r"\n(?=[a-z0-9])", text) if PINNED.match(entry)]

    assert len(pinned) > 15
    assert all("--hash=sha256:" in entry for entry in pinned)
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_all_services_run_the_versions_that_are_tested() -> None:
    platform, worker, portal, dev = (
        {name: version for name, _, version in PINNED.findall(lock.read_text())} for lock in LOCKS
    )

    assert platform.items() <= worker.items() <= dev.items()
    assert portal.items() <= dev.items()
    # Its web processes would carry it along for nothing.
    assert not {"typst", "drafthorse", "lxml", "pypdf"} & platform.keys()


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.stem)
def test_an_image_takes_named_paths_and_no_secret(dockerfile: Path) -> None:
    lines = dockerfile.read_text().replace("\\\n", " ").splitlines()
    instructions = [line.split() for line in lines if line and not line.startswith("#")]

    assert not [words for words in instructions if words[0] in {"ARG", "ADD", "VOLUME"}]
    assert not [words for words in instructions if any(w.startswith("--mount") for w in words)]
    sources = [word for words in instructions if words[0] == "COPY" for word in words[1:-1]]
    assert not {".", "./", "*", "/"} & set(sources)
    names = [
        word.partition("=")[0] for words in instructions if words[0] == "ENV" for word in words
    ]
    assert not [name for name in names if re.search("SECRET|KEY|PASSWORD|TOKEN|DATABASE", name)]
    assert ["USER", "10001:10001"] in instructions


def test_the_worker_is_the_platforms_image_with_its_own_libraries() -> None:
    def image(name: str) -> str:
        text = (ROOT / "deploy" / f"{name}.Dockerfile").read_text()
        text = text[text.index("FROM ") : text.index("USER 10001:10001")]
        for its_own in (f"requirements/{name}.txt", f"build-image {name}"):
            assert its_own in text
            text = text.replace(its_own, "")
        return text

    assert image("worker") == image("platform")


@pytest.mark.parametrize(
    ("definition", "dockerfile"),
    [
        ("captain-definition", "platform"),
        ("captain-definition-worker", "worker"),
        ("captain-definition-portal", "portal"),
    ],
)
def test_a_captain_definition_names_its_dockerfile(definition: str, dockerfile: str) -> None:
    content = json.loads((ROOT / definition).read_text())

    assert content == {
        "schemaVersion": 2,
        "dockerfilePath": f"./deploy/{dockerfile}.Dockerfile",
    }
    assert (ROOT / content["dockerfilePath"]).is_file()
