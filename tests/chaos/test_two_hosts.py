"""Two users and two hosts without a shared disk: one host dies, both are restarted, and everything is made once."""

import hashlib
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.providers_server.process import StandinProcess, standin_process
from tests.support.chaos.customer import FINAL, Customer
from tests.support.chaos.ground import Ground, ground_of
from tests.support.chaos.hosts import Host, hosts
from tests.support.clips import tone
from tests.support.processes import ran, wait_for
from tests.support.s3_server import s3_server

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600), pytest.mark.network_loopback]
SHARED = {
    "MV_LEASE_SECONDS": "15",
    "MV_SWEEP_SECONDS": "0.5",
    "MV_REDISPATCH_SECONDS": "3",
    "MV_POLL_SECONDS": "1",
    "MV_RENDER_WORKERS": "1",
    "SERVE_FROM_CLOUD": "false",  # so each host sends what the other has made
    "MV_AUTH": "required",
    "ALLOWED_HOSTS": "127.0.0.1",
    "SECRET_KEY": "one-key-for-all-hosts-of-this-test-and-for-nothing-else-at-all",
    "GEMINI_API_KEY": "",
}
NAMES = ("Ines", "Otto")
PEOPLE = """
import django; django.setup()
from mvsite.accounts.models import User
from mvsite.accounts.tokens import token_create
for name in ("Ines", "Otto"):
    print(token_create(owner=User.objects.create_user(name), name="test", scopes=["read", "generate"])[1])
"""
CUTS, FILMS = 0.1, 0.05  # shares of all jobs that are cuts of a song and stitches; the rest are clips


class User(Customer):
    """Orders a share of all work: clips, cuts of a song, and films of the clips that are there."""

    def __init__(self, *urls: str, name: str, token: str, jobs: int, song: Path) -> None:
        super().__init__(*urls, seed=len(name), token=token)
        self.name = name
        self.token = token
        self._count = jobs
        self._song = song

    def begin(self) -> threading.Thread:
        """Order in the background; what goes wrong is in `trouble`."""
        thread = threading.Thread(target=self._order_all, name=self.name)
        thread.start()
        return thread

    def _order_all(self) -> None:
        try:
            audio = self.ask("POST", "/api/audio/upload", files={"file": ("song.wav", self._song.read_bytes())})
            cuts, films = max(1, round(self._count * CUTS)), max(1, round(self._count * FILMS))
            clips = [self._clip(number) for number in range(self._count - cuts - films)]
            for number in range(cuts):
                self._post(f"cut-{number}", "/api/audio/trim", {"audio_id": audio["audio_id"], "start_at": number % 3})
            for number in range(films):
                two = [clips[(2 * number + side) % len(clips)]["video_id"] for side in (0, 1)]
                self._post(f"film-{number}", "/api/mv/stitch-videos", {"video_ids": two})
        except (AssertionError, httpx.HTTPError) as error:
            self.trouble = error

    def _clip(self, number: int) -> dict[str, Any]:
        words = {"backend": "replicate", "model": "google/veo-3.1-lite", "duration": 4, "seed": number}
        body = {"prompt": f"A ferry of {self.name}, view {number}", **words}
        return self._post(f"clip-{number}", "/api/mv/generate_video", body)

    def _post(self, key: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        job = self.ask("POST", path, json=body, headers={"Idempotency-Key": f"{self.name}-{key}"})
        self.jobs[key] = job
        return dict(job)


@pytest.mark.parametrize("jobs", [24, 200])
def test_two_users_two_hosts_everything_once(jobs: int, tmp_path: Path, films: Path) -> None:
    pace = ("--seconds", "2", "6", "--media", str(films), "--films", "4", "--film-seconds", "1")
    song = tone(tmp_path / "song.wav", seconds=6)
    with (
        s3_server() as bucket,
        ground_of("scaled", tmp_path) as ground,
        standin_process(tmp_path / "providers", *pace) as providers,
    ):
        settings = {**SHARED, **ground.settings(), **bucket.variables, **providers.environment()}
        for words in (("manage.py", "migrate", "-v0"), ("-c", PEOPLE)):
            done = ran(tmp_path / "first", *words, **settings)
            assert done.returncode == 0, done.stderr
        tokens = dict(zip(NAMES, done.stdout.split(), strict=True))
        with hosts(tmp_path, "ada", "bea", settings=settings) as (ada, bea):
            begun = time.monotonic()
            users = [
                User(ada.url, bea.url, name="Ines", token=tokens["Ines"], jobs=jobs // 2, song=song),
                User(bea.url, ada.url, name="Otto", token=tokens["Otto"], jobs=jobs - jobs // 2, song=song),
            ]
            ordering = [user.begin() for user in users]
            after(ground, jobs // 4)
            ada.kill()
            after(ground, jobs // 3)
            ada.install()
            ada.start()
            ada.wait_until_ready()
            after(ground, jobs // 2)
            assert [bea.restart(), ada.restart()] == [0, 0]
            wait_for(lambda: not any(each.is_alive() for each in ordering), seconds=1800, saying="all is ordered")
            assert [user.trouble for user in users] == [None, None]
            wait_for(lambda: over(ground) == jobs, seconds=1800, saying=f"{jobs} jobs are over")
            seconds = round(time.monotonic() - begun)
            assert_all_done_once(users, providers, ground, jobs)
            assert_every_host_serves_everything(users, [ada, bea])
            repeats = sum(user.repeats for user in users)
            print(f"{jobs} jobs, 2 hosts, 1 killed, 2 restarted: {seconds} s, {repeats} requests repeated")  # noqa: T201


def over(ground: Ground) -> int:
    (count,) = ground.rows("select count(*) from generation_job where state in ('succeeded', 'failed', 'canceled')")[0]
    return int(count)


def after(ground: Ground, count: int) -> None:
    """Wait until so many jobs are over."""
    wait_for(lambda: over(ground) >= count, seconds=1800, saying=f"{count} jobs are over")


def assert_all_done_once(users: list[User], providers: StandinProcess, ground: Ground, jobs: int) -> None:
    for user, other in zip(users, reversed(users), strict=True):
        assert set(user.states().values()) <= FINAL
        somebodys = next(iter(user.jobs.values()))["id"]
        assert other.try_once("GET", f"/api/mv/jobs/{somebodys}").status_code == 404
    bad = ground.rows("select kind, state, error from generation_job where state <> 'succeeded'")
    assert bad == []
    assert ground.rows("select count(*) from generation_job") == [(jobs,)]
    ordered = Counter(line["prompt"] for line in providers.witness.creates())
    wanted = [f"A ferry of {user.name}, view {n}" for user in users for n in range(clips_of(user))]
    assert ordered == Counter(wanted)
    made = ground.rows("select kind, count(*) from assets_video group by kind order by kind")
    films = sum(key.startswith("film-") for user in users for key in user.jobs)
    assert dict(made) == {"clip": len(wanted), "stitched": films}
    held = "select count(*) from generation_job where lease_owner <> '' or held_usd <> 0"
    assert ground.rows(held) == [(0,)]


def clips_of(user: User) -> int:
    return sum(key.startswith("clip-") for key in user.jobs)


def assert_every_host_serves_everything(users: list[User], machines: list[Host]) -> None:
    """Fetch every result from each host; most were made on the other, or on the disk that is gone."""
    for user in users:
        for job in user.jobs.values():
            path = address_of(job)
            sums = {hashlib.sha256(fetched(host, path, user.token)).hexdigest() for host in machines}
            assert len(sums) == 1, path


def address_of(job: dict[str, Any]) -> str:
    if "audio_id" in job:
        return f"/api/audio/get/{job['audio_id']}"
    return f"/api/mv/get_video/{job['video_id']}"


def fetched(host: Host, path: str, token: str) -> bytes:
    with httpx.Client(base_url=host.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
        answer = client.get(path, timeout=60, follow_redirects=True)
    assert answer.status_code == 200, (host.name, path, answer.text[:300])
    return answer.content
