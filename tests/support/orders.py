"""Starting jobs through the API with both stand-ins there, letting one of them go wrong, and reading the ledger."""

from typing import Any

from rest_framework.test import APIClient

from generation.models import Job
from tests.providers_server.standin import Standin
from tests.support.engine import drive


def started(api: APIClient, call: str, **body: Any) -> Job:
    """Start a call."""
    answer = api.post(f"/api/mv/{call}", body, format="json")
    assert answer.status_code == 202, answer.json()
    return Job.objects.get(pk=answer.json()["id"])


def clip(api: APIClient, prompt: str, **words: Any) -> Job:
    """Start a clip and do all its steps."""
    return drive(started(api, "generate_video", prompt=prompt, **words))


def ledger(job: Job) -> list[tuple[str, str, str]]:
    """Give model, outcome and error of every attempt."""
    return list(job.calls.order_by("number").values_list("model", "outcome", "error_code"))


def code(job: Job) -> str:
    """Give the code a job failed with."""
    assert job.error is not None
    return str(job.error["code"])


def spoil(providers: Standin, word: str, provider: str = "replicate") -> None:
    """Let every such request to one provider go wrong."""
    providers.faults.add(word, provider=provider)


def bought(providers: Standin) -> dict[str, int]:
    """Count what each has really sold."""
    return {name: len(providers.witness.creates(provider=name)) for name in ("replicate", "gemini")}
