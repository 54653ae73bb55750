"""What must hold when the dust has settled: everything made once, paid once, kept whole, and nothing left behind."""

import hashlib
import os
import time
import uuid
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from assets.media.decode import decode_check
from tests.providers_server.process import StandinProcess
from tests.support.chaos.crew import Crew
from tests.support.chaos.customer import Customer
from tests.support.chaos.ground import Ground

FILMS = frozenset({"mp4"})


def assert_all_made(customer: Customer, providers: StandinProcess, ground: Ground, folder: Path) -> None:
    """Fail unless every promised clip is there, decodes, and is byte for byte what the provider served for it."""
    rows = ground.rows("select job_id, provider_id from generation_providercall where provider_id is not null")
    bought = {uuid.UUID(str(job_id)): prediction for job_id, prediction in rows}
    for job in customer.jobs.values():
        ended = customer.job(job["id"])
        assert ended["state"] == "succeeded", ended
        content = customer.bytes_of(ended["result"]["video_url"])
        prediction = bought[uuid.UUID(job["id"])]
        served = httpx.get(f"{providers.urls['outputs']}/out/{prediction}.mp4", trust_env=False).raise_for_status()
        assert hashlib.sha256(content).digest() == hashlib.sha256(served.content).digest()
        film = folder / "film.mp4"
        film.write_bytes(content)
        assert decode_check(film, formats=FILMS).frames > 0
    assert ground.rows("select count(*) from assets_video where kind = 'clip'") == [(len(customer.jobs),)]


def assert_bought_once(customer: Customer, providers: StandinProcess, bodies: list[dict[str, Any]]) -> None:
    """Fail unless the provider made exactly one thing for each order, none twice, none too few."""
    made = Counter(line["prompt"] for line in providers.witness.creates())
    assert made == Counter(body["prompt"] for body in bodies)
    assert len({job["id"] for job in customer.jobs.values()}) == len(bodies)


def assert_paid_exactly(providers: StandinProcess, ground: Ground) -> None:
    """Fail unless our ledger says of each purchase what the provider's invoice says, and the sums agree."""
    rows = ground.rows("select provider_id, cost_usd from generation_providercall where provider_id is not null")
    ledger = {provider_id: _usd(cost) for provider_id, cost in rows}
    invoice = {order: _usd(cost) for order, cost in providers.witness.charges().items()}
    assert ledger == invoice
    jobs = ground.rows("select coalesce(sum(cost_usd), 0), coalesce(sum(held_usd), 0) from generation_job")
    assert [_usd(each) for each in jobs[0]] == [_usd(providers.witness.invoice()), _usd(0)]
    for key, reserved, spent in ground.rows("select key, reserved_usd, spent_usd from generation_budget"):
        assert (_usd(reserved), _usd(spent)) == (_usd(0), _usd(providers.witness.invoice())), key


def assert_nothing_left(ground: Ground) -> None:
    """Fail when a job is unfinished, held, or in a line."""
    unfinished = (
        "select id, state from generation_job "
        "where state not in ('succeeded', 'failed', 'canceled') or lease_owner <> '' or waits_for_id is not null"
    )
    assert ground.rows(unfinished) == []


def assert_debris_is_cleaned(crew: Crew) -> None:
    """Fail unless `cleanup` removes what the killed left half done, once it is old enough, and nothing else."""
    data_dir = crew.data_dir
    drafts = [*(data_dir / "tmp").iterdir(), *(data_dir / "media").rglob(".tmp-*")]
    two_days_ago = time.time() - 2 * 86_400
    for path in (each for draft in drafts for each in (draft, *draft.rglob("*"))):
        os.utime(path, (two_days_ago, two_days_ago))
    kept = sorted(path for path in (data_dir / "media").rglob("*.mp4"))
    crew.run("manage.py", "cleanup")
    assert [*(data_dir / "tmp").iterdir(), *(data_dir / "media").rglob(".tmp-*")] == []
    assert sorted(path for path in (data_dir / "media").rglob("*.mp4")) == kept


def _usd(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.000001"))
