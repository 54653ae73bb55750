"""What a stitch says in the log: its plan, and what becomes of its sound (`MV_DEBUG_MODE=true`, docs/events.md)."""

from collections.abc import Sequence

from assets import storage
from assets.media.stitch import StitchPlan, StitchResult
from assets.models import Video
from generation.models import Job
from mvsite.logs import debug_event


def log_begin(videos: Sequence[Video]) -> None:
    """Say where the clips come from and that the work begins."""
    place = "bucket" if storage.has_bucket() else "local"
    debug_event("stitch_storage_mode", backend=place)
    for video in videos:
        debug_event("stitch_download", backend=place, key=video.key, bytes=video.size_bytes)
    debug_event("stitch_merge_started", video_ids=[str(video.pk) for video in videos])


def log_plan(job: Job, plan: StitchPlan) -> None:
    """Say what was decided, and which part of the song is cut for it."""
    encoded = plan.frames - plan.copied_frames
    debug_event(
        "stitch_plan",
        strategy=plan.strategy,
        frames_copied=plan.copied_frames,
        frames_encoded=encoded,
        text=plan.as_text(),
    )
    if job.params.get("suppress_video_audio"):
        debug_event("video_audio_suppression", duration=float(plan.seconds), start=0.0)
    if plan.song is not None:
        overlay, start, seconds = job.params["audio_overlay_id"], plan.song.start, plan.song.seconds
        debug_event("audio_trimmed_for_overlay", audio_overlay_id=overlay, duration=seconds, start=start)
        debug_event("audio_overlay_applying", audio_overlay_id=overlay, duration=seconds, start=start)


def log_result(job: Job, result: StitchResult, *, seconds: float, size: int) -> None:
    """Say that the film is there, and whether the song is in it; `size` in bytes."""
    song = result.plan.song
    if song is not None:
        overlay = job.params["audio_overlay_id"]
        debug_event("audio_overlay_applied", audio_overlay_id=overlay, duration=song.seconds, start=song.start)
    debug_event("stitch_merge_completed", seconds=round(seconds, 2), bytes=size)
