"""One song from YouTube: fetched in a process of its own, kept as MP3 under the id that was promised."""

import uuid

from assets.services.downloads import audio_download
from assets.shapes import audio_result
from generation.jobs import Claim
from generation.pipelines.outcomes import Done, Outcome
from mvsite.logs import debug_event


class Download:
    """The one step of a download; canceled, it is killed where it stands, and nothing of it stays."""

    def step(self, claim: Claim) -> Outcome:
        """Fetch and keep."""
        params = claim.job.params
        debug_event("audio_download_started", audio_id=params["audio_id"], start=0.0, duration=None)
        claim.report(0.02, stage="fetching from YouTube")
        song = audio_download(
            id=uuid.UUID(params["audio_id"]),
            owner=claim.job.owner,
            video=params["video"],
            tick=lambda part: claim.tick(0.02 + 0.95 * part),
        )
        seconds = song.duration_ms / 1000
        debug_event("audio_download_completed", audio_id=str(song.pk), start=0.0, duration=seconds)
        return Done(lambda: audio_result(song))

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Nothing runs elsewhere."""
        return None
