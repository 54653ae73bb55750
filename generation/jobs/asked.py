"""The first line of each long piece of work in the log: what was asked for (`MV_DEBUG_MODE=true`)."""

from generation.choices import JobKind
from generation.models import Job
from mvsite.logs import debug_event

# Per kind the event, and its fields with the name each has among the job's parameters.
ASKED: dict[str, tuple[str, dict[str, str]]] = {
    JobKind.SCENES: (
        "scenes_request_received",
        {"flavor": "config_flavor", "n": "number_of_scenes", "model": "model"},
    ),
    JobKind.PORTRAITS: ("batch_image_request", {"flavor": "config_flavor", "num_images_requested": "num_images"}),
    JobKind.CLIP: (
        "video_request_received",
        {
            "flavor": "config_flavor",
            "backend": "backend",
            "model": "model",
            "character_reference_id": "character_reference_id",
        },
    ),
    JobKind.LIPSYNC: (
        "lipsync_request_received",
        {"video_id": "source_video_id", "audio_id": "audio_id", "start": "start_time", "end": "end_time"},
    ),
    JobKind.STITCH: (
        "stitch_videos_request_received",
        {
            "video_ids": "video_ids",
            "audio_overlay_id": "audio_overlay_id",
            "suppress_video_audio": "suppress_video_audio",
        },
    ),
}


def log_request(job: Job) -> None:
    """Log what a new job was asked for; never the words of a prompt. Parts of a bigger request are told by it."""
    event, fields = ASKED.get(job.kind, ("", {}))
    if not event or (job.parent_id is not None and job.parent is not None and job.parent.kind == job.kind):
        return
    known = {**job.params, "model": job.model, "backend": job.provider}
    told = {name: known.get(given) for name, given in fields.items()}
    debug_event(event, job_id=str(job.pk), project_id=str(job.project_id or ""), owner_id=str(job.owner_id), **told)
