"""Following jobs to their end from a command: their rows are read, nobody is asked."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from generation.choices import JobKind, JobState
from generation.management.bars import Bars
from generation.models import Job, Project
from generation.selectors import scenes_of, takes_of

LOOK_EVERY = 0.5
State = tuple[float, str]


def follow(job: Job, *, stopped: threading.Event, look: Callable[[Job], dict[str, State]], bars: Bars) -> Job:
    """Show a job until it is final or waits for a person, or until `stopped`; returns it as it then is."""
    while True:
        job.refresh_from_db()
        bars.show(look(job))
        if job.is_final or job.state == JobState.NEEDS_REVIEW or stopped.is_set():
            return job
        connection.close()  # a pause holds nothing
        stopped.wait(LOOK_EVERY)


def portraits_state(job: Job) -> dict[str, State]:
    """Tell of a portraits job: one line a picture."""
    children = job.children.order_by("created_at")
    return {f"Portrait {number}": _of(child) for number, child in enumerate(children, start=1)}


def run_state(project: Project) -> Callable[[Job], dict[str, State]]:
    """Tell of a run: the writing, one line a scene, the finished video."""

    def look(job: Job) -> dict[str, State]:
        states: dict[str, State] = {"Writing": _newest(project, kind=JobKind.SCENES)}
        for scene in scenes_of(project):
            made = takes_of(scene)
            state = (1.0, "ready") if made else _newest(project, kind=JobKind.CLIP, scene=scene)
            states[f"Scene {scene.index + 1}"] = state
        states["Full video"] = (
            (1.0, "ready") if job.state == JobState.SUCCEEDED else _newest(project, kind=JobKind.STITCH)
        )
        return states

    return look


def failures(project: Project) -> Sequence[str]:
    """Say for each scene without a clip what went wrong."""
    told = []
    for scene in scenes_of(project):
        if not takes_of(scene):
            last = Job.objects.filter(scene=scene, kind=JobKind.CLIP).order_by("-queued_at").first()
            why = last.error["detail"] if last is not None and last.error else "no clip was made"
            told.append(f"Scene {scene.index + 1}: {why}")
    return told


def _newest(project: Project, **which: Any) -> State:
    job = Job.objects.filter(project=project, **which).order_by("-queued_at").first()
    return (0.0, "") if job is None else _of(job)


def _of(job: Job) -> State:
    if job.state == JobState.SUCCEEDED:
        return 1.0, "ready"
    if job.state == JobState.FAILED and job.error:
        return job.progress, f"failed: {job.error['detail']}"
    words = {JobState.QUEUED: "waiting for a free worker", JobState.CANCELED: "canceled"}.get(JobState(job.state))
    return job.progress, words or job.stage or "working"
