"""The command, the configuration it writes, and the sandbox's manners as a guest."""

import os
import re
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import httpx
import pytest
import yaml

from pipeline.errors import PostureError
from pipeline.sandbox import Sandbox, serve
from tests.sandbox.conftest import graph_client

SOURCES = Path(__file__).parents[2] / "pipeline" / "sandbox"


def test_configuration_names_every_tenant(tmp_path: Path) -> None:
    with Sandbox(tenants=12, days=5) as sandbox:
        path = sandbox.write_config(tmp_path / "some" / "tenants.yaml")
        config = yaml.safe_load(path.read_text("utf-8"))
        assert config["cloud"] == "custom"
        assert config["graph_url"] == config["authority"] == sandbox.url
        assert path.with_name(config["ca_bundle"]).read_bytes() == sandbox.ca_bundle.read_bytes()
        credential = config["credential"]
        secret = path.with_name(credential["client_secret"]["file"])
        assert secret.read_text() == sandbox.tenants[0].client_secret
        assert secret.stat().st_mode & 0o077 == 0
        assert secret.read_text() not in path.read_text()
        assert [t["id"] for t in config["tenants"]] == [t.tenant_id for t in sandbox.tenants]
        assert [t.get("name") for t in config["tenants"]] == [
            None if t.index == 9 else t.name for t in sandbox.tenants
        ]


def test_configuration_with_a_certificate(tmp_path: Path) -> None:
    with Sandbox(tenants=1, days=5) as sandbox:
        path = sandbox.write_config(tmp_path / "tenants.yaml", certificate=True)
        credential = yaml.safe_load(path.read_text())["credential"]
        assert credential["kind"] == "certificate"
        certificate = path.with_name(credential["certificate"]["file"])
        assert certificate.read_bytes() == sandbox.client_certificate


def test_serve_until_stopped(tmp_path: Path) -> None:
    said: list[str] = []
    stop = threading.Event()
    config = tmp_path / "tenants.yaml"
    thread = threading.Thread(
        target=lambda: serve(tenants=2, days=4, write_config=config, say=said.append, stop=stop)
    )
    thread.start()
    while len(said) < 4 and thread.is_alive():
        time.sleep(0.01)
    stop.set()
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert re.fullmatch(
        r"Microsoft Graph sandbox at https://localhost:\d+: 2 tenants, 4 days", said[0]
    )
    assert config.exists()


def test_a_taken_port_is_one_line() -> None:
    with Sandbox(tenants=1, days=2) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        with pytest.raises(PostureError, match=rf"port {port}") as failure:
            serve(tenants=1, port=port, say=lambda line: None)
        assert "\n" not in str(failure.value)
        assert failure.value.exit_code == 1


def test_the_module_is_a_command(tmp_path: Path) -> None:
    config = tmp_path / "tenants.yaml"
    command = [sys.executable, "-m", "pipeline.sandbox", "--tenants", "2", "--days", "5"]
    command += ["--today", "2026-03-01", "--write-config", str(config)]
    # Lines must come at once, also where Python would keep those for a pipe to the end.
    buffered = {name: one for name, one in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=buffered) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.terminate()
        assert process.wait(timeout=60) == 0
    assert "https://localhost:" in lines[0]
    assert config.exists()


def test_a_signal_that_comes_while_the_waiting_begins_ends_it(tmp_path: Path) -> None:
    """Whoever waits holds a lock for a moment, and the handler of a signal runs in between."""
    code = """
import os, signal, sys, threading
from pipeline.sandbox.server.serve import serve
class Condition(threading.Condition):
    def wait(self, timeout=None):
        os.kill(os.getpid(), signal.SIGTERM)
        return super().wait(timeout)
stop = threading.Event()
stop._cond = Condition(threading.Lock())
serve(tenants=1, days=2, say=lambda line: None, stop=stop)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=tmp_path)


def test_nothing_is_left_behind() -> None:
    before = threading.active_count()
    with Sandbox(tenants=1, days=2, today=date(2026, 1, 5)) as sandbox:
        bundle = sandbox.ca_bundle
        with graph_client(sandbox, sandbox.tenants[0]) as graph:
            graph.get("/v1.0/organization")
            start = time.monotonic()
            sandbox.__exit__(None, None, None)
            assert time.monotonic() - start < 10, "a connection left open is not waited for"
    assert not bundle.exists()
    assert threading.active_count() == before


def test_an_answer_under_way_is_not_waited_for() -> None:
    with Sandbox(tenants=1, days=2, today=date(2026, 1, 5)) as sandbox:
        sandbox.faults.add(path="organization", status=200, delay=60)
        with graph_client(sandbox, sandbox.tenants[0]) as graph:
            ended: list[type[Exception]] = []

            def ask() -> None:
                try:
                    graph.get("/v1.0/organization", timeout=60)
                except httpx.HTTPError as error:
                    ended.append(type(error))

            thread = threading.Thread(target=ask)
            thread.start()
            while not any("organization" in request.path for request in sandbox.requests):
                time.sleep(0.01)
            start = time.monotonic()
            sandbox.__exit__(None, None, None)
            assert time.monotonic() - start < 10
            thread.join(timeout=60)
            assert ended, "the connection was closed"


def test_it_knows_nothing_of_the_collection() -> None:
    for source in SOURCES.rglob("*.py"):
        imported = re.findall(r"^(?:from|import) (pipeline\S*)", source.read_text(), re.M)
        for module in imported:
            assert module == "pipeline.errors" or module.startswith("pipeline.sandbox"), source
