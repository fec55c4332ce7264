"""`bin/bench`: what a request costs, beside a bare app in the same run; or what billing does."""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from benchmarks.measuring import MIB, LoadFailed, Sample, Target, load, measure, workers
from devtools.console import Failure, step, tell
from devtools.embedded_postgres import EmbeddedPostgres
from devtools.pair import Pair, manage
from devtools.paths import CACHE, ROOT, STATE

STATE_OF_BENCH = STATE / "bench"
TENANTS = 20
CUSTOMERS = 1000
WARM_UP = 200
THREADS = 4
START_SECONDS = 30
ROUNDS = 5

LIST = "/api/v1/crm/customers/?limit=50"


def main() -> int:
    arguments = parse_arguments()
    try:
        with ExitStack() as stack:
            if arguments.what == "billing":
                bench_billing(arguments.services, stack)
            else:
                bench(arguments.requests, stack)
    except LoadFailed as failure:
        tell(Failure(str(failure)))
        return 1
    except Failure as failure:
        tell(failure)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="Measures a 50-row list as a bare app, as our API and as a portal page; or the "
        "billing run.",
    )
    parser.add_argument("what", nargs="?", choices=("requests", "billing"), default="requests")
    parser.add_argument("--requests", type=int, default=600, help="for each round and target")
    parser.add_argument("--services", type=int, default=10_000, help="that billing renews")
    return parser.parse_args()


def bench(requests: int, stack: ExitStack) -> None:
    url = stack.enter_context(fresh_database())
    ports = [free_port() for _ in range(3)]
    pair = Pair(url, ports[1], ports[2], state=STATE_OF_BENCH)
    pair.prepare_state()
    platform = as_in_production(pair.platform_environment())
    platform["DJANGO_SETTINGS_MODULE"] = "backend.settings"
    portal = as_in_production(pair.portal_environment())
    with step("Migrations, files, customers"):
        prepare(pair, platform, portal)
        known = json.loads(
            output([sys.executable, "benchmarks/seed.py", str(TENANTS), str(CUSTOMERS)], platform)
        )
    bare = platform | {"TENANT_ROLE": known["tenant_role"], "PYTHONPATH": str(ROOT)}
    logs = STATE_OF_BENCH / "platform.log"
    app = {"X-App-ID": known["app_id"], "Authorization": f"Bearer {known['key']}"}
    with step("Each side's own requirements, as in its image"):
        pythons = {side: service_python(side) for side in ("platform", "portal")}
    with step("Three servers, one worker each"):
        servers = [
            stack.enter_context(
                server(pythons["platform"], ports[0], "benchmarks.bare_app:application", bare)
            ),
            stack.enter_context(server(pythons["platform"], ports[1], "platform", platform, logs)),
            stack.enter_context(server(pythons["portal"], ports[2], "portal", portal)),
        ]
        for port in ports:
            wait_for(port)
    page = f"/t/{known['slug']}/customers/"
    cookie = {"Cookie": f"sid={known['token']}", "Host": "localhost"}
    targets = [
        Target("(a) bare app", ports[0], "/", app, servers[:1]),
        Target("(b) API list", ports[1], LIST, app, servers[1:2]),
        Target("(c) portal page", ports[2], page, cookie, servers[1:]),
    ]
    for target in targets:
        load(target, WARM_UP, THREADS)
    samples: dict[str, list[Sample]] = {target.name: [] for target in targets}
    with step(f"{ROUNDS} rounds of {requests} requests each, in turn"):
        for _ in range(ROUNDS):
            for target in targets:
                samples[target.name].append(measure(target, requests, THREADS, url))
    report(targets, samples, servers)
    print(f"(b), statements to PostgreSQL: {statements(platform, targets[1])}")
    print(f"(c), calls to the platform: {calls(logs, targets[2])}")


def bench_billing(services: int, stack: ExitStack) -> None:
    url = stack.enter_context(fresh_database())
    pair = Pair(url, free_port(), free_port(), state=STATE_OF_BENCH)
    pair.prepare_state()
    platform = as_in_production(pair.platform_environment())
    platform["DJANGO_SETTINGS_MODULE"] = "backend.settings"
    with step("Migrations"):
        output(manage("platform", "migrate", "--verbosity", "0"), platform)
    with step(f"{services} tenants with a service each; the run; the replay"):
        command = [sys.executable, "benchmarks/billing.py", str(services)]
        found = json.loads(output(command, platform))
    print(
        f"{found['invoices']} invoices with {found['lines']} lines in {found['seconds']} s "
        f"(at most 60 for 10000), {found['python_seconds']} s of it Python's CPU"
    )
    print(f"A second run: {found['again']} tenants, {found['again_seconds']} s")
    print(
        f"Replay: {found['differences']} differences, {found['replay_seconds']} s, "
        f"{found['replay_mib']} MiB more than before"
    )


@contextmanager
def fresh_database() -> Iterator[str]:
    """An empty database: embedded, or beside the one of DATABASE_URL."""
    if given := os.environ.get("DATABASE_URL"):
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS tavola_bench WITH (FORCE)")
            connection.execute("CREATE DATABASE tavola_bench")
        yield given.rpartition("/")[0] + "/tavola_bench"
        return
    server = EmbeddedPostgres(STATE_OF_BENCH / "postgres")
    with step("PostgreSQL, embedded"):
        server.remove()
        server.start()
        address = server.ensure_database("tavola_bench")
    try:
        yield address
    finally:
        server.stop()


def as_in_production(environment: dict[str, str]) -> dict[str, str]:
    """Without DEBUG, but plain http on this machine, and without limits in the way."""
    return environment | {
        "DEBUG": "0",
        "SECURE_SSL_REDIRECT": "0",
        "RATE_LIMIT_READ": "999999999/60",
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": str(THREADS),
    }


def prepare(pair: Pair, platform: dict[str, str], portal: dict[str, str]) -> None:
    output(manage("platform", "migrate", "--verbosity", "0"), platform)
    output(manage("platform", "collectstatic", "--noinput", "--verbosity", "0"), platform)
    output(manage("portal", "compile_translations"), portal)
    output(manage("portal", "collectstatic", "--noinput", "--verbosity", "0"), portal)
    output(pair.register_portal(), platform)


def output(command: Sequence[str], environment: dict[str, str], given: str = "") -> str:
    """The last line that a command prints."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failure(f"{' '.join(command[1:3])} failed.", details=done.stdout + done.stderr)
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def service_python(side: str) -> str:
    """The Python of an environment that holds what the side's image holds, and nothing else."""
    directory = STATE_OF_BENCH / f"venv-{side}"
    python = str(directory / "bin" / "python")
    uv = str(Path(sys.executable).parent / "uv")
    environment = os.environ | {"UV_CACHE_DIR": str(CACHE / "uv")}
    if not directory.exists():
        output([uv, "venv", "--quiet", "--python", sys.executable, str(directory)], environment)
    requirements = str(ROOT / "requirements" / f"{side}.txt")
    # Compiling while importing would leave its traces in the memory that is measured.
    sync = [uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes"]
    sync += ["--python", python, requirements]
    output(sync, environment)
    return python


@contextmanager
def server(
    python: str, port: int, application: str, environment: dict[str, str], log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn with one worker: one of ours by its name, or a WSGI application by its path."""
    command = [python, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    if ":" in application:
        command += ["--worker-class", "gthread", "--threads", str(THREADS), "--keep-alive", "75"]
        command += ["--no-control-socket", application]
    else:
        command += ["--config", f"deploy/{application}.gunicorn.py"]
    with (log or Path(os.devnull)).open("wb") as lines:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=lines, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise Failure(f"Nothing answers on port {port} after {START_SECONDS} s.")


def report(
    targets: Sequence[Target],
    samples: dict[str, list[Sample]],
    servers: Sequence[subprocess.Popen[bytes]],
) -> None:
    def middle(name: str, figure: str) -> float:
        return statistics.median(getattr(sample, figure) for sample in samples[name])

    print(f"\nPer request, medians of {ROUNDS} rounds; one worker of {THREADS} threads each")
    print(f"{'':16} {'Python':>9} {'database':>9} {'together':>9} {'req/s':>7} {'latency':>9}")
    for name in samples:
        cpu = (middle(name, figure) for figure in ("python_ms", "database_ms", "total_ms"))
        print(
            f"{name:16} {' '.join(f'{each:>6.2f} ms' for each in cpu)} "
            f"{middle(name, 'per_second'):>7.0f} {middle(name, 'latency_ms'):>6.1f} ms"
        )
    bare, listed, page = (target.name for target in targets)
    for figure, what in (("python_ms", "Python alone"), ("total_ms", "with the database")):
        ratio = middle(listed, figure) / middle(bare, figure)
        print(f"(b) to (a), {what}: {ratio:.2f} times (at most 2.5)")
    print(
        f"(c), Python on both sides and the database: {middle(page, 'total_ms'):.2f} ms (at most 8)"
    )
    for server, name, most in ((servers[1], "platform", 120), (servers[2], "portal", 60)):
        resident = max(worker.memory_info().rss for worker in workers(server)) / MIB
        print(f"{name} worker, resident: {resident:.0f} MiB (at most {most})")


def statements(environment: dict[str, str], target: Target) -> str:
    """What one request sends to PostgreSQL."""
    command = [sys.executable, "benchmarks/statements.py", target.path]
    return output(command, environment, json.dumps(target.headers))


def calls(log: Path, target: Target) -> int:
    """Access lines that the platform writes while it serves one page."""
    before = log.read_text().count("/api/v1/")
    load(target, 1, 1)
    time.sleep(0.5)
    return log.read_text().count("/api/v1/") - before


if __name__ == "__main__":
    sys.exit(main())
