"""What the writer of scenes is told about the song: its length, tempo, parts, and where the scenes will lie."""

import logging

from assets.media.analysis import SongAnalysis
from assets.models import Audio
from assets.services.listening import audio_analysis, audio_analysis_if_heard
from generation.models import Project
from generation.ports import SongFacts
from generation.timeline import marks_of, target_seconds, tile
from mvsite.common.errors import StudioError

log = logging.getLogger(__name__)


def song_facts(
    song: Audio | None, project: Project | None, *, count: int, clip_seconds: float, patient: bool
) -> SongFacts | None:
    """Return what is known of a song: at least its length, when it has not been or cannot be listened to."""
    if song is None:
        return None
    try:
        heard = audio_analysis(audio=song, patient=True) if patient else audio_analysis_if_heard(audio=song)
    except StudioError as error:
        log.warning("song_not_heard", extra={"audio_id": str(song.pk), "code": error.code})
        heard = None
    if heard is None:
        return SongFacts(seconds=song.duration_ms / 1000)
    parts = tuple((f"{part.name}, part {part.letter}", part.start, part.end) for part in heard.sections)
    begins = _begins(song, project, count, clip_seconds)
    return SongFacts(heard.seconds, _sure_tempo(heard), parts if len(parts) > 1 else (), begins)


def _sure_tempo(heard: SongAnalysis) -> float | None:
    return heard.bpm if heard.confidence >= 0.3 else None


def _begins(song: Audio, project: Project | None, count: int, clip_seconds: float) -> tuple[float, ...]:
    if project is None or project.audio_id != song.pk:
        return ()
    marks = marks_of(song, project.cut_by, patient=True)
    target = target_seconds(project.target_duration, song)
    spans = tile([clip_seconds] * count, cut_by=project.cut_by, marks=marks, target=target)
    return tuple(span.start for span in spans if not span.again)
