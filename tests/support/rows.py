"""Rows for tests of the API: people, projects, scenes, takes and jobs, without any work being done."""

import uuid
from typing import Any

from assets.models import Audio, AudioSource, CharacterReference, CharacterSource, Video, VideoKind
from generation import jobs
from generation.choices import JobKind
from generation.models import Job, Project, Scene, Take
from generation.services.projects import project_create
from generation.services.storyboard import scene_add
from mvsite.accounts.models import User


def stranger() -> User:
    """Make another user, whose rows nobody else may see."""
    return User.objects.create(username=f"stranger-{uuid.uuid4().hex[:8]}")


def _file(owner: User, folder: str, ending: str, mime: str) -> dict[str, Any]:
    row_id = uuid.uuid4()
    key = f"{folder}/{row_id}.{ending}"
    return {"id": row_id, "owner": owner, "key": key, "mime": mime, "size_bytes": 10, "sha256": "0" * 64}


def a_song(owner: User, **words: Any) -> Audio:
    """Make a song of 20 s (a row only)."""
    facts = {"duration_ms": 20_000, "sample_rate": 48_000, "channels": 2, "codec": "mp3", "source": AudioSource.UPLOAD}
    return Audio.objects.create(**{**_file(owner, "audio", "mp3", "audio/mpeg"), **facts, **words})


def a_portrait(owner: User, **words: Any) -> CharacterReference:
    """Make a portrait (a row only)."""
    facts = {"width": 512, "height": 512, "source": CharacterSource.GENERATED, "description": "A singer"}
    return CharacterReference.objects.create(**{**_file(owner, "mv/characters", "png", "image/png"), **facts, **words})


def a_video(owner: User, **words: Any) -> Video:
    """Make a clip of 8 s (a row only)."""
    facts = {"kind": VideoKind.CLIP, "width": 1280, "height": 720, "duration_ms": 8000, "fps": 24.0, "codec": "h264"}
    return Video.objects.create(
        **{**_file(owner, "mv/videos", "mp4", "video/mp4"), **facts, "has_audio": True, **words}
    )


def a_project(owner: User, *, scenes: int = 0, takes: int = 0, **words: Any) -> Project:
    """Make a project with written scenes, each with some takes."""
    project = project_create(owner=owner, **{"title": "Storm", "idea": "A storm", **words})
    for index in range(scenes):
        scene = scene_add(project=project, description=f"Scene text {index}")
        for number in range(takes):
            a_take(scene, number=number + 1)
    return project


def a_take(scene: Scene, *, number: int = 1) -> Take:
    """Add a take to a scene."""
    return Take.objects.create(scene=scene, number=number, video=a_video(scene.owner), version_id=scene.current_id)


def a_job(owner: User, **words: Any) -> Job:
    """Enqueue a clip job with a reserved id."""
    video_id = uuid.uuid4()
    promised = {"reserved": {"video_id": str(video_id)}, "reserved_ids": [video_id]}
    return jobs.enqueue(
        **{"kind": JobKind.CLIP, "owner": owner, "params": {}, "provider": "sample", **promised, **words}
    )
