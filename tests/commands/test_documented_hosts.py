"""The compose file and the proxy of `docs/operations.md`: whole, and they do what the page says."""

import json
import re
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from generation.api.waiting import LONGEST_WAIT
from mvsite.common.error_table import ERRORS
from mvsite.supervisor.services import SHUT_SECONDS
from tests.support.nginx import running_nginx
from tests.support.ports import held_port
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


def test_the_first_person_is_made_on_every_kind_of_host() -> None:
    told = PAGE.split("## Where others can reach it")[1].split("\n## ")[0]
    blocks = re.findall(r"```\n(.*?)```", told, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.endswith("create_admin NAME")]
    assert [line.split()[0] for line in lines] == ["./studio", "systemd-run", "docker"]
    assert told.index("manage migrate") < told.index(lines[0]) < told.index("runstudio")


def test_commands_run_with_the_settings_of_the_unit_and_in_services_that_there_are() -> None:
    unit = PAGE[PAGE.index("[Service]") :]
    names = ("User", "WorkingDirectory", "EnvironmentFile", "MV_DATA_DIR")
    settings = {name: re.findall(rf"^(?:Environment=)?{name}=(.*)$", unit, re.MULTILINE)[0] for name in names}
    runs = re.findall(r"systemd-run .*", PAGE)
    assert len(runs) == 3
    for run in runs:
        assert dict(re.findall(r"-[pE] (\w+)=(\S+)", run)) == settings
        assert f"{settings['WorkingDirectory']}/.venv/bin/python manage.py " in run
    services = re.findall(r"docker compose exec (?:-T )?(\w+) ", PAGE)
    assert services
    assert set(services) <= set(compose()["services"])
    assert set(re.findall(r"manage(?:\.py)? (\w+)", "\n".join([PAGE, *runs]))) <= set(get_commands())


class Upstream:
    """A web process that notes which requests reach it, by their heads, and answers what has come whole."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.says = b"HTTP/1.0 401 Refused\r\nContent-Length: 0\r\n\r\n"
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
                    client.sendall(self.says)
                    return


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[int, Upstream]]:
    """Run nginx with the page's own lines, on a port of this test and without TLS."""
    upstream = Upstream()
    try:
        with held_port() as port, running_nginx(tmp_path, port, nginx_lines(port, upstream.port, tmp_path)):
            yield port, upstream
    finally:
        upstream.server.close()


def nginx_lines(port: int, upstream: int, tmp_path: Path) -> str:
    """Return the page's own lines for these ports, with their logs in this folder."""
    lines = re.sub(r"\s*ssl_certificate.*", "", proxy_block())
    lines = lines.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    lines = lines.replace("/var/log/nginx/", f"{tmp_path}/")
    return re.sub(r"upstream studio \{.*\}", f"upstream studio {{ server 127.0.0.1:{upstream}; }}", lines)


@pytest.mark.network_loopback
def test_what_the_studio_says_of_too_much_passes_as_it_is(proxy: tuple[int, Upstream]) -> None:
    port, upstream = proxy
    upstream.says = b"HTTP/1.0 429 Many\r\nRetry-After: 77\r\nContent-Length: 2\r\n\r\n{}"
    with begun(port, UPLOADS[0], 1) as client:
        told = client.recv(2000)
    assert b"Retry-After: 77" in told
    assert told.endswith(b"{}")


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
    for client in select.select(slow, [], [], 0)[0]:
        told, _, body = client.recv(2000).decode().partition("\r\n\r\n")
        assert told.startswith("HTTP/1.1 429 ")
        assert "\r\nRetry-After: 2\r\n" in f"{told}\r\n"
        assert "\r\nContent-Type: application/problem+json\r\n" in f"{told}\r\n"
        problem = json.loads(body)
        text = ERRORS[problem["code"]]
        assert (problem["status"], problem["title"], problem["next_step"]) == (429, text.title, text.next_step)
    for client in slow:
        client.close()


SECRET = "k3Jx9QwZ-secret_k3Jx9QwZ"
LINKS = (
    *(f"/share/{SECRET}/", f"/share/{SECRET}/video/5?s={SECRET}", f"/%73hare/{SECRET}", f"//share//{SECRET}/?a"),
    *(f"/join/{SECRET}/", f"/password/new/{SECRET}/?next=/", f"/api/mv/webhooks/replicate/5/{SECRET}"),
    *(f"/media/video/5?s={SECRET}", f"/sign-in/?next=/join/{SECRET}/", f"/x/../join/{SECRET}/"),
)


@pytest.mark.network_loopback
def test_the_proxys_log_has_no_link_that_lets_somebody_in(proxy: tuple[int, Upstream], tmp_path: Path) -> None:
    port, _ = proxy
    heads = (
        f"Host: studio.example\r\nReferer: https://studio.example/share/{SECRET}/\r\nConnection: close",
        "Host: a b",
    )
    for path in LINKS:
        for head in heads:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                client.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n\r\n".encode())
                assert client.recv(100).split()[1] in {b"401", b"400"}
    with begun(port, f"/join/{SECRET}/", 400_000_000) as long:
        assert b"413" in long.recv(100)
    log = tmp_path / "access.log"
    wait_for(lambda: len(log.read_text("utf-8").splitlines()) == 2 * len(LINKS) + 1, seconds=20, saying="all is logged")
    written = "".join(each.read_text("utf-8") for each in tmp_path.glob("*.log"))
    assert SECRET not in written
    for told in ("GET /share/... 401", "GET /join/... 401", "GET /media/video/5 401", "POST /join/... 413"):
        assert told in written
