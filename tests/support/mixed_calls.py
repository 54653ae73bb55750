"""Somebody who calls this and that on one project, beside others, and hears what is answered."""

import json
import random
from collections import Counter
from typing import Any

from generation.choices import JobState
from generation.models import Job, Project, Scene
from mvsite.accounts.models import User
from tests.support.people import session

KEYS = [f"order-{number}" for number in range(8)]
ORDER = {"duration": 4, "backend": "replicate", "model": "google/veo-3.1-lite"}
RARE = "trash and restore the project"  # while it lies there, nearly everything is refused
LISTS = ("mv/projects/", "mv/projects/{project}", "mv/scenes/?project_id={project}", "mv/jobs/", "mv/shares/")


class Caller:
    """Somebody who calls this and that; `wrong` is what no answer may be.

    `orders` are the jobs of each key, `retried` the jobs that were started again. What is
    `without` is never called.
    """

    def __init__(self, user: User, project: Project, seed: str, *without: str) -> None:
        self.client, self.project = session(user), project
        self.dice = random.Random(seed)
        self.words = [word for word in ACTIONS if word not in without for _ in range(1 if word == RARE else 3)]
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.wrong: list[str] = []
        self.orders: set[tuple[str, str]] = set()
        self.retried: list[str] = []

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.client.generic(
            method,
            f"/api/{path}",
            "" if body is None else json.dumps(body),
            "application/json",
            headers=headers,
        )
        told = answer.headers.get("Content-Type", "")
        if answer.status_code >= 500 or (answer.status_code >= 400 and told != "application/problem+json"):
            self.wrong.append(f"{method} {path}: {answer.status_code} {told} {answer.content[:300]!r}")
        return answer

    def one(self, rows: Any) -> str:
        return str(self.dice.choice(list(rows.values_list("pk", flat=True)) or [self.project.pk]))

    def act(self) -> None:
        word = self.dice.choice(self.words)
        ended = {"state__in": (JobState.FAILED, JobState.CANCELED)} if word == "retry" else {}
        scene, job = self.one(Scene.objects.filter(project=self.project)), self.one(Job.objects.filter(**ended))
        answer = ACTIONS[word](self, scene, job)
        self.statuses[word, answer.status_code] += 1

    def order(self, scene: str, job: str) -> Any:
        key = self.dice.choice(KEYS)
        answer = self.ask("POST", "mv/generate_video", {**ORDER, "prompt": f"A boat for {key}"}, key)
        if answer.status_code == 202:
            self.orders.add((key, answer.json()["id"]))
        return answer

    def retry(self, scene: str, job: str) -> Any:
        answer = self.ask("POST", f"mv/jobs/{job}/retry", {})
        if answer.status_code == 202:
            self.retried.append(job)
        return answer

    def toss(self, scene: str, job: str) -> Any:
        self.ask("DELETE", f"mv/projects/{self.project.pk}")
        return self.ask("POST", f"mv/projects/{self.project.pk}/restore", {})

    def look(self, scene: str, job: str) -> Any:
        return self.ask("GET", self.dice.choice(LISTS).format(project=self.project.pk))

    def share(self, scene: str, job: str) -> Any:
        key = self.dice.choice(["", "share-1", "share-2"])
        answer = self.ask("POST", "mv/shares/", {"project_id": str(self.project.pk)}, key)
        if answer.status_code == 201 and self.dice.random() < 0.5:
            self.ask("DELETE", f"mv/shares/{answer.json()['id']}/")
        return answer


ACTIONS: dict[str, Any] = {
    "edit": lambda me, scene, job: me.ask("PATCH", f"mv/scenes/{scene}", {"description": f"rain {me.dice.random()}"}),
    "order": Caller.order,
    "order again": Caller.order,
    "order a scene": lambda me, scene, job: me.ask("POST", "mv/generate_video", {**ORDER, "scene_id": scene}),
    "cancel": lambda me, scene, job: me.ask("POST", f"mv/jobs/{job}/cancel", {}),
    "retry": Caller.retry,
    "trash": lambda me, scene, job: me.ask("DELETE", f"mv/scenes/{scene}"),
    "restore": lambda me, scene, job: me.ask("POST", f"mv/scenes/{scene}/restore", {}),
    RARE: Caller.toss,
    "look": Caller.look,
    "share": Caller.share,
    "price": lambda me, scene, job: me.ask(
        "POST", "mv/estimate", {"calls": [{"call": "generate_video", "body": {**ORDER, "scene_id": scene}}]}
    ),
}
