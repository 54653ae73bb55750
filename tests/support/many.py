"""Big tables, quickly: a hundred thousand films of a hundred people and what belongs to them, in pieces."""

import random
import uuid
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection
from django.utils import timezone

from assets.models import Audio, AudioSource, CharacterReference, CharacterSource, Video, VideoKind
from generation.choices import CallOutcome, JobKind, JobState, Queue
from generation.models import Event, EventStream, Job, Project, ProviderCall, ReservedId, Scene
from mvsite.accounts.audit import ACTIONS
from mvsite.accounts.models import AuditEntry, User

PIECE = 2_000
WORDS = (
    *("lighthouse", "storm", "harbour", "night", "city", "neon", "forest", "rain", "dancer", "mirror", "desert"),
    *("train", "winter", "river", "stage", "crowd", "drum", "guitar", "smoke", "silver", "window", "ocean"),
    *("bridge", "garden", "motorcycle", "moon", "rooftop", "market", "carnival", "snow", "candle"),
)
RARE = "zeppelin"


def fill(owner: User, *, videos: int, events: int) -> None:
    """Make `videos` films with their jobs, bills, projects and scenes, half of them `owner`'s, and `events` events.

    There are as many entries of the audit log as films, and a tenth as many songs and portraits; every 50th file and
    every 20th project is in the trash.
    """
    chance = random.Random(7)
    people = [owner, *(User.objects.get_or_create(username=f"person-{number}")[0] for number in range(50))]
    projects = [
        Project(
            owner=owner if number % 4 == 0 else chance.choice(people),
            title=_words(chance, 2),
            idea=_words(chance, 12),
            tags=[f"mood {number % 40}"],
            trashed_at=timezone.now() if number % 20 == 4 else None,
        )
        for number in range(videos // 20)
    ]
    Project.objects.bulk_create(projects, PIECE)
    Scene.objects.bulk_create(_scenes(projects), PIECE)
    rows = _films(chance, owner, people, projects, videos)
    jobs: list[uuid.UUID] = []
    while piece := list(islice(rows, PIECE)):
        Job.objects.bulk_create([job for job, _ in piece])
        ReservedId.objects.bulk_create([ReservedId(id=film.pk, job=job, owner=job.owner) for job, film in piece])
        Video.objects.bulk_create([film for _, film in piece])
        ProviderCall.objects.bulk_create([_call(job) for job, _ in piece])
        jobs += [job.pk for job, _ in piece]
    _events(jobs, events)
    AuditEntry.objects.bulk_create((_entry(chance, people, number) for number in range(videos)), PIECE)
    _songs_and_portraits(chance, people, videos // 10)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _scenes(projects: list[Project]) -> Iterator[Scene]:
    """Give each project five scenes and one in the trash."""
    now = timezone.now()
    for project in projects:
        for number in range(6):
            yield Scene(owner=project.owner, project=project, index=number, trashed_at=now if number == 5 else None)


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count))


def _films(
    chance: random.Random, owner: User, people: list[User], projects: list[Project], count: int
) -> Iterator[tuple[Job, Video]]:
    now = timezone.now()
    for number in range(count):
        when = now - timedelta(seconds=60 * (count - number))
        whose = owner if number % 2 else chance.choice(people)
        prompt = _words(chance, 30) + (f" {RARE}" if number == count // 3 else "")
        cost = Decimal(chance.randrange(0, 400)) / 100
        job = Job(
            owner=whose,
            project=chance.choice(projects),
            kind=JobKind.CLIP,
            state=JobState.FAILED if number % 50 == 0 else JobState.SUCCEEDED,
            error={"code": "provider:call:failed", "detail": "It broke."} if number % 50 == 0 else None,
            queue=Queue.PROVIDER,
            provider="replicate",
            model="google/veo-3.1",
            params={"prompt": prompt, "seed": number},
            cost_usd=cost,
            estimated_cost_usd=cost,
            deadline_at=when,
            created_at=when,
            queued_at=when,
            finished_at=when,
        )
        yield job, _film(job, number, prompt, cost)


def _film(job: Job, number: int, prompt: str, cost: Decimal) -> Video:
    row_id = uuid.uuid4()
    told = {"prompt": prompt, "model_used": job.model, "cost_usd": str(cost), "parameters_used": {"seed": number}}
    facts: dict[str, Any] = {"width": 1280, "height": 720, "duration_ms": 8000, "fps": 24.0, "codec": "h264"}
    return Video(
        id=row_id,
        owner=job.owner,
        title=f"Clip {number}",
        key=f"mv/jobs/{row_id}/video.mp4",
        poster_key=f"mv/jobs/{row_id}/poster.jpg",
        mime="video/mp4",
        size_bytes=1_000_000 + number,
        sha256="0" * 64,
        metadata=told,
        kind=VideoKind.CLIP,
        has_audio=True,
        created_at=job.created_at,
        favourite=number % 10 == 0,
        tags=[f"mood {number % 40}"] if number % 3 == 0 else [],
        trashed_at=job.created_at if number % 50 == 7 else None,
        rating=number % 6 if number % 7 == 0 else 0,
        **facts,
    )


def _songs_and_portraits(chance: random.Random, people: list[User], count: int) -> None:
    now = timezone.now()
    song: dict[str, Any] = {"duration_ms": 200_000, "sample_rate": 48_000, "channels": 2, "codec": "mp3"}
    kinds: tuple[tuple[Any, dict[str, Any]], ...] = (
        (Audio, {**song, "mime": "audio/mpeg", "source": AudioSource.UPLOAD}),
        (CharacterReference, {"mime": "image/png", "width": 512, "height": 512, "source": CharacterSource.GENERATED}),
    )
    for kind, facts in kinds:
        rows = (
            kind(
                owner=people[0] if number % 2 else chance.choice(people),
                title=_words(chance, 3),
                key=f"many/{uuid.uuid4()}",
                size_bytes=1_000 + number,
                sha256="0" * 64,
                created_at=now - timedelta(seconds=60 * (count - number)),
                trashed_at=now if number % 50 == 7 else None,
                **facts,
            )
            for number in range(count)
        )
        kind.objects.bulk_create(rows, PIECE)


def _entry(chance: random.Random, people: list[User], number: int) -> AuditEntry:
    """Give an entry of somebody who does something to a row of somebody else's, from one of 200 addresses."""
    by, whose = chance.choice(people), chance.choice(people)
    return AuditEntry(
        at=timezone.now() - timedelta(seconds=30 * number),
        action=chance.choice(ACTIONS),
        by_id=by.pk,
        by_name=by.username,
        via="member",
        owner_id=whose.pk,
        object_kind="video",
        object_id=str(uuid.uuid4()),
        address=f"192.0.2.{number % 200}",
        detail={"path": "/api/mv/videos/"},
    )


def _call(job: Job) -> ProviderCall:
    return ProviderCall(
        job=job,
        owner=job.owner,
        number=1,
        provider=job.provider,
        model=job.model,
        request_hash="h",
        provider_id=uuid.uuid4().hex,
        outcome=CallOutcome.ACCEPTED,
        sent_at=job.created_at,
        answered_at=job.created_at,
        settled_at=job.created_at,
        billed_on=job.created_at.date(),
        cost_usd=job.cost_usd,
        estimated_cost_usd=job.cost_usd,
    )


def _events(jobs: list[uuid.UUID], count: int) -> None:
    each = -(-count // len(jobs))
    for start in range(0, len(jobs), PIECE):
        piece = jobs[start : start + PIECE]
        EventStream.objects.bulk_create([EventStream(id=job, last=each) for job in piece])
        rows = (
            Event(stream_id=job, number=number + 1, job_id=job, kind="job.progressed", data={"state": "running"})
            for job in piece
            for number in range(each)
        )
        Event.objects.bulk_create(rows, PIECE)
