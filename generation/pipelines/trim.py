"""One cut of a song; the original stays, and a cut of a cut names the first song with the starts added up."""

import uuid
from typing import Any

from assets.models import Audio
from assets.services.audio import audio_trim
from generation.jobs import Claim
from generation.pipelines.outcomes import Done, Outcome
from mvsite.common.errors import UserError
from mvsite.logs import debug_event


class Trim:
    """The one step of a trim."""

    def step(self, claim: Claim) -> Outcome:
        """Cut and keep."""
        params = claim.job.params
        source = Audio.objects.filter(pk=params["original_audio_id"], trashed_at=None).first()
        if source is None:
            raise UserError("user:media:missing", "The song is gone.")
        start, seconds = params["start_ms"] / 1000, (params["end_ms"] - params["start_ms"]) / 1000
        debug_event("audio_trim_started", audio_id=str(source.pk), start=start, duration=seconds)
        cut = audio_trim(
            id=uuid.UUID(params["audio_id"]),
            source=source,
            start_ms=params["start_ms"],
            end_ms=params["end_ms"],
            progress=claim.tick,
        )
        debug_event("audio_trim_completed", audio_id=str(cut.pk), start=start, duration=cut.duration_ms / 1000)
        return Done(lambda: audio_result(cut, original=cut.original or source))

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Nothing runs elsewhere."""
        return None


def audio_result(cut: Audio, *, original: Audio) -> dict[str, Any]:
    """Give the public result of a trim; its start counts in the first song, like that of the row."""
    start_ms = cut.start_ms or 0
    return {
        "audio_id": str(cut.pk),
        "audio_path": cut.key,
        "audio_url": f"/api/audio/get/{cut.pk}",
        "original_audio_id": str(original.pk),
        "start_at": start_ms // 1000 if start_ms % 1000 == 0 else start_ms / 1000,
        "duration": cut.duration_ms / 1000,
        "file_size_bytes": cut.size_bytes,
        "metadata": {**cut.metadata, "cloud_url": None},
    }
