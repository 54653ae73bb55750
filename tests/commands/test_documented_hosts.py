"""The compose file and the proxy of `docs/operations.md`: whole, and they do what the page says."""

import re
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from generation.api.waiting import LONGEST_WAIT
from mvsite.supervisor.address import free_port
from mvsite.supervisor.services import SHUT_SECONDS
from tests.support.nginx import running_nginx
from tests.support.processes import wait_for
from tests.support.tree import ROOT

PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
STATES = {"service_started", "service_healthy", "service_completed_successfully"}
UPLOADS = ("/api/audio/upload", "/api/mv/characters/upload/", "/api/mv/videos/upload")


def compose_text() -> str:
    (found,) = re.findall(r"```yaml\n(x-studio: .*?)```", PAGE, re.DOTALL)
    return str(found)


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(compose_text())
    return found


def proxy_block() -> str:
    (found,) = re.findall(r"```\n(limit_conn_zone .*?)```", PAGE, re.DOTALL)
    return str(found)


def test_every_service_waits_for_one_that_is_there_and_can_say_so() -> None:
    services = compose()["services"]
    for name, service in services.items():
        needed = service.get("depends_on", {})
        needed = needed if isinstance(needed, dict) else {each: {"condition": "service_started"} for each in needed}
        for other, words in needed.items():
            assert other in services, name
            assert words["condition"] in STATES, name
            assert words["condition"] != "service_healthy" or "healthcheck" in services[other], (name, other)
    assert services["tables"]["depends_on"]["db"]["condition"] == "service_healthy"


def test_addresses_between_services_lead_to_services() -> None:
    services = compose()["services"]
    for service in services.values():
        words = service.get("environment", {})
        hosts = re.findall(r"(?:@|redis://)(\w+):\d+", " ".join(map(str, words.values())))
        assert set(hosts) <= set(services)
    assert re.search(r"`upstream studio \{ server web:8000; \}`", PAGE)
    assert "--host 0.0.0.0" in services["web"]["command"]
    assert services["proxy"]["ports"] == ["443:443"]
    assert [name for name, each in services.items() if "ports" in each] == ["proxy"]


def test_variables_come_from_the_file_that_compose_reads() -> None:
    text, services = compose_text(), compose()["services"]
    files = {each["env_file"] for each in services.values() if "env_file" in each}
    assert files == {".env"}  # the only one that fills in ${…}
    named = set(re.findall(r"\$\{(\w+)", text))
    told = PAGE[: PAGE.index("```yaml\nx-studio")].rsplit("### compose.yaml", 1)[1]
    assert named
    assert all(f"`{name}`" in told for name in named)
    assert all(":?" in each for each in re.findall(r"\$\{[^}]*\}", text))  # a missing one ends it with a message


def test_every_part_keeps_its_data_in_a_volume_of_its_own() -> None:
    found = compose()
    parts = {name: each for name, each in found["services"].items() if "runstudio" in str(each.get("command"))}
    volumes = [line.split(":")[0] for each in parts.values() for line in each["volumes"] if line.endswith(":/data")]
    assert (len(parts), len(set(volumes))) == (3, 3)
    assert set(volumes) < set(found["volumes"])
    assert not any("tmpfs" in each for each in found["services"].values())


def test_hosts_are_left_the_time_that_the_longest_request_takes() -> None:
    unit = dict(re.findall(r"^(?:Environment=)?(MV_DRAIN_SECONDS|TimeoutStopSec)=(\d+)$", PAGE, re.MULTILINE))
    common = compose()["x-studio"]
    pairs = [
        (unit["MV_DRAIN_SECONDS"], unit["TimeoutStopSec"]),
        (common["environment"]["MV_DRAIN_SECONDS"], common["stop_grace_period"].removesuffix("s")),
    ]
    for drain, killed_after in pairs:
        assert LONGEST_WAIT < int(drain) < int(killed_after) - SHUT_SECONDS


class Upstream:
    """A web process that notes which requests reach it, by their heads, and answers what has come whole."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as lines:
            self.heads.append(lines.readline().decode().split()[1])
            for line in lines:
                if line == b"\r\n":
                    client.sendall(b"HTTP/1.0 401 Refused\r\nContent-Length: 0\r\n\r\n")
                    return


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[int, Upstream]]:
    """Run nginx with the page's own lines, on a port of this test and without TLS."""
    upstream, port = Upstream(), free_port("127.0.0.1", 0)
    lines = re.sub(r"\s*ssl_certificate.*", "", proxy_block())
    lines = lines.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    lines = re.sub(r"upstream studio \{.*\}", f"upstream studio {{ server 127.0.0.1:{upstream.port}; }}", lines)
    try:
        with running_nginx(tmp_path, port, lines):
            yield port, upstream
    finally:
        upstream.server.close()


def begun(port: int, path: str, length: int) -> socket.socket:
    """Begin a request whose body does not come."""
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    head = f"POST {path} HTTP/1.1\r\nHost: studio.example\r\nContent-Length: {length}\r\n\r\n"
    client.sendall(head.encode() + b"a")
    return client


@pytest.mark.network_loopback
def test_slow_bodies_wait_in_the_proxy_and_files_go_through(proxy: tuple[int, Upstream]) -> None:
    port, upstream = proxy
    slow = [begun(port, "/sign-in/", 1000) for _ in range(20)]
    for path in UPLOADS:
        with begun(port, path, 400_000_000) as upload:
            assert b"401" in upload.recv(100)
    with begun(port, "/sign-in/", 400_000_000) as long:
        assert b"413" in long.recv(100)
    with begun(port, "/metrics", 0) as metrics:
        assert b"404" in metrics.recv(100)
    assert sorted(upstream.heads) == sorted(UPLOADS)
    for client in slow:
        client.close()


@pytest.mark.network_loopback
def test_one_address_has_so_many_requests_at_once(proxy: tuple[int, Upstream]) -> None:
    port, _ = proxy
    slow = [begun(port, "/sign-in/", 1000) for _ in range(40)]
    wait_for(lambda: len(select.select(slow, [], [], 0)[0]) == 8, seconds=20, saying="8 of 40 are refused")
    assert all(b"503" in client.recv(100) for client in select.select(slow, [], [], 0)[0])
    for client in slow:
        client.close()
