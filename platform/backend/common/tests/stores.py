"""Places for files, as fixtures: this machine's disk, and a server that speaks S3."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

RCLONE = Path(sys.executable).with_name("rclone")


@pytest.fixture
def local_store(settings: Any, tmp_path: Path) -> Path:
    root = tmp_path / "media"
    options = {**settings.STORAGES["default"]["OPTIONS"], "location": str(root)}
    settings.S3_BUCKET = ""
    settings.LOCAL_FILES = True
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": options},
    }
    return root


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that enforces signatures and expiry, with a bucket `files`."""
    if not RCLONE.exists():
        pytest.skip("needs rclone, which requirements/dev.txt brings")
    root = tmp_path_factory.mktemp("s3")
    (root / "files").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(RCLONE), "serve", "s3", "--auth-key", "the-id,the-secret"]
    command += ["--addr", f"127.0.0.1:{port}", "--config", "", str(root)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert time.monotonic() < deadline, "rclone doesn't listen"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        server.terminate()


@pytest.fixture
def s3_store(settings: Any, s3_server: str) -> None:
    settings.S3_BUCKET = "files"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "backend.common.s3.PrivateS3Storage",
            "OPTIONS": {
                "bucket_name": "files",
                "endpoint_url": s3_server,
                "region_name": "eu-central-1",
                "access_key": "the-id",
                "secret_key": "the-secret",
            },
        },
    }
