"""One lip-sync: wait for the clip, cut the song's window, buy, fetch, keep as a new take."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils import timezone

from assets import storage
from assets.keys import clip_key
from assets.media import audio as sound
from assets.models import Audio, Video, VideoKind
from assets.services.audio import audio_origin
from assets.services.videos import video_create_from_file
from generation import money
from generation.jobs import Claim
from generation.models import Job, Take
from generation.pipelines.clip import clip_result
from generation.pipelines.clocks import seconds_so_far
from generation.pipelines.hashing import request_hash
from generation.pipelines.outcomes import Done, Outcome
from generation.pipelines.purchase import Purchase
from generation.pipelines.waiting_for import video_or_wait
from generation.ports import LipSyncRequest, Sent
from generation.providers.registry import lip_syncer
from generation.services.stitch import project_restitch
from generation.services.takes import take_add
from mvsite.common.errors import UserError
from mvsite.logs import debug_event


class LipSync:
    """The steps of a lip-sync."""

    def step(self, claim: Claim) -> Outcome:
        """Wait for the clip if it is still being made, then do the next step of the purchase."""
        source_id = claim.job.params["source_video_id"]
        # Once it is bought, a clip that goes to the trash meanwhile does not throw away what was paid for.
        bought = Video.objects.filter(pk=source_id).first() if claim.job.calls.exists() else None
        found = bought or video_or_wait(claim.job, source_id)
        if not isinstance(found, Video):
            return found
        with _purchase(claim, found) as purchase:
            return purchase.step()

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Stop it at the provider."""
        video = Video.objects.filter(pk=claim.job.params["source_video_id"]).first()
        if video is None:
            return None
        with _purchase(claim, video) as purchase:
            return purchase.wind_up()


@contextmanager
def _purchase(claim: Claim, video: Video) -> Iterator[Purchase[LipSyncRequest]]:
    job = claim.job
    params = job.params
    song = Audio.objects.filter(pk=params["audio_id"]).first()
    if song is None:
        raise UserError("user:media:missing", "The song is gone.")
    start_ms = round(params["start_time"] * 1000)
    wanted = params["end_time"] * 1000 if params["end_time"] is not None else start_ms + video.duration_ms
    end_ms = min(round(wanted), song.duration_ms)
    maker = lip_syncer(job.provider)
    _cut_window(job, song, start_ms=start_ms, end_ms=end_ms)
    with storage.local_path(video.key) as picture, storage.local_path(_window_key(job)) as window:
        request = LipSyncRequest(video=picture, audio=window, seconds=video.duration_ms / 1000, model=params["model"])

        def ingest(path: Path) -> Done:
            window_facts = {"start_time": start_ms / 1000, "end_time": end_ms / 1000}
            kept = _keep(job, path, video, {**_sent_facts(maker.describe(request)), **window_facts})
            return Done(lambda: _finish(job, kept))

        yield Purchase(claim, maker, request, request_hash(params), ".mp4", ingest)


def _window_key(job: Job) -> str:
    return f"mv/jobs/{job.pk}/window.wav"


def _cut_window(job: Job, song: Audio, *, start_ms: int, end_ms: int) -> None:
    """Cut the part of the song that is sung, once for all steps of the job."""
    if storage.exists(_window_key(job)):
        return
    origin, offset = audio_origin(song)  # a cut may miss its start by half a packet; this must not add up
    with storage.local_path(origin.key) as whole, storage.temp_dir() as folder:
        cut = folder / "window.wav"
        sound.cut(whole, cut, start_ms=offset + start_ms, end_ms=offset + end_ms)
        storage.store(key=_window_key(job), source=cut)
    debug_event(
        "lipsync_audio_clipped",
        video_id=job.params["source_video_id"],
        audio_id=str(song.pk),
        start=start_ms / 1000,
        end=end_ms / 1000,
    )


def _keep(job: Job, path: Path, source: Video, facts: dict[str, Any]) -> Video:
    kept = video_create_from_file(
        id=uuid.UUID(job.params["video_id"]),
        owner=job.owner,
        kind=VideoKind.LIPSYNC,
        path=path,
        key=clip_key(job.pk),
        title=f"{source.title} (lip-sync)"[:120],
        metadata={
            **_facts(job, source),
            **facts,
            "warnings": list(dict.fromkeys([*job.params["warnings"], *facts["warnings"]])),
        },
    )
    debug_event(
        "lipsync_completed",
        video_id=str(kept.pk),
        audio_id=job.params["audio_id"],
        start=facts["start_time"],
        end=facts["end_time"],
    )
    storage.delete(_window_key(job))
    debug_event("trimmed_audio_cleanup", path=_window_key(job))
    return kept


def _sent_facts(sent: Sent) -> dict[str, Any]:
    return {
        "model_used": sent.model,
        "parameters_used": dict(sent.parameters_used),
        "parameters_not_sent": list(sent.parameters_not_sent),
        "warnings": list(sent.warnings),
    }


def _facts(job: Job, video: Video) -> dict[str, Any]:
    return {
        **{name: video.metadata.get(name) for name in ("prompt", "negative_prompt", "character_reference_id")},
        "source_video_id": str(video.pk),
        "audio_id": job.params["audio_id"],
        "backend_used": job.provider,
        "is_mock": False,
        "mock_video_source": None,
        "generation_timestamp": timezone.now().isoformat(),
        "processing_time_seconds": seconds_so_far(job),
        "cost_usd": float(money.billed(job)),
        "job_id": str(job.pk),
    }


def _finish(job: Job, video: Video) -> dict[str, Any]:
    if job.scene_id is not None and job.scene is not None:
        source = Take.objects.filter(video_id=job.params["source_video_id"], scene_id=job.scene_id).first()
        version = str(source.version_id) if source and source.version_id else None
        take_add(scene_id=job.scene_id, video=video, version_id=version, source=source)
        project = job.scene.project
        if project is not None and project.final_video_id is not None:
            project_restitch(project=project)  # a lip-sync re-cuts by itself (SPEC, Studio page)
    return {**clip_result(video), "start_time": video.metadata["start_time"], "end_time": video.metadata["end_time"]}
