"""What a song tells about itself, heard once for all files of the same bytes, and a person's own tempo over it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets import storage
from assets.keys import analysis_key, peaks_key
from assets.media import checkup
from assets.media.analysis import VERSION, SongAnalysis, Wish, tapped, wished
from assets.media.analysis.wish import FASTEST, SLOWEST
from assets.media.waveform import read_curve
from assets.models import Audio
from assets.services.derived import derive_soon, derived
from assets.validators import media_errors
from mvsite.common.errors import FieldError, UserError

REMEMBERED = 64
_TEMPO_LIMITS = {"bpm": (SLOWEST, FASTEST), "offset": (0, 24 * 3600), "beats_per_bar": (2, 12)}
_KNOWN: dict[str, SongAnalysis] = {}  # by the bytes' hash: a page of projects must not read as many files


def audio_curve(*, audio: Audio, buckets: int, patient: bool = False) -> list[float]:
    """Return the highest sample, 0..1, of each of `buckets` equal parts of the song.

    Raises user:media:not_ready when it takes longer than a request may, unless `patient`, media:file:*, app:storage:*.
    """
    key = derived(key=peaks_key(audio.sha256), source=audio.key, make=_peaks, patient=patient)
    with storage.local_path(key) as path:
        return read_curve(path, buckets)


def audio_heard(*, audio: Audio, patient: bool = False) -> SongAnalysis:
    """Return what was measured, whatever a person says about the tempo. Raises what `audio_curve` raises."""
    key = derived(key=analysis_key(audio.sha256, version=VERSION), source=audio.key, make=_heard, patient=patient)
    with storage.local_path(key) as path:
        return SongAnalysis.from_dict(json.loads(path.read_bytes()))


def audio_analysis(*, audio: Audio, patient: bool = False) -> SongAnalysis:
    """Return the analysis that counts: as measured, with the person's tempo where there is one.

    Raises what `audio_curve` raises.
    """
    return wished(audio_heard(audio=audio, patient=patient), Wish(**audio.tempo))


def audio_analysis_if_heard(*, audio: Audio) -> SongAnalysis | None:
    """Return the same when the song has been heard already; else begin to listen and return None, at once."""
    if audio.sha256 not in _KNOWN:
        key = analysis_key(audio.sha256, version=VERSION)
        if not storage.exists(key):
            derive_soon(key=key, source=audio.key, make=_heard)
            return None
        while len(_KNOWN) >= REMEMBERED:
            _KNOWN.pop(next(iter(_KNOWN)), None)
        _KNOWN[audio.sha256] = audio_heard(audio=audio)
    return wished(_KNOWN[audio.sha256], Wish(**audio.tempo))


def audio_set_tempo(*, audio: Audio, taps: list[float] | None = None, changes: Mapping[str, Any]) -> Audio:
    """Set a person's own tempo: any of `bpm`, `offset` (seconds) and `beats_per_bar`; None takes one back.

    `taps` (seconds of the song) set BPM and offset; an empty list takes everything back. Raises user:request:invalid.
    """
    tempo = {} if taps == [] else dict(audio.tempo)
    if taps:
        try:
            found = tapped(taps, bar=_first_bar(audio))
        except ValueError as error:
            raise UserError(
                "user:request:invalid", str(error), errors=(FieldError("#/taps", str(error), "invalid"),)
            ) from error
        tempo |= {"bpm": found.bpm, "offset": found.offset}
    tempo |= changes
    audio.tempo = {name: value for name, value in tempo.items() if value is not None}
    audio.save(update_fields=["tempo", "updated_at"])
    return audio


def _first_bar(audio: Audio) -> float | None:
    """Return where the first measured bar begins, when the song has been heard already."""
    if not storage.exists(analysis_key(audio.sha256, version=VERSION)):
        return None
    return next(iter(audio_heard(audio=audio).downbeats), None)


def tempo_checked(told: Mapping[str, Any]) -> dict[str, float]:
    """Return a tempo that comes from elsewhere when a person could have set it. Raises ValueError, TypeError."""
    for name, (least, most) in _TEMPO_LIMITS.items():
        if name in told and not least <= told[name] <= most:
            raise ValueError(f"{name} of a song is out of bounds")
    Wish(**told)  # refuses what is no part of a tempo
    return dict(told)


def _peaks(source: Path, target: Path) -> None:
    with media_errors(), storage.disk_errors():
        checkup.write_peaks(source, target)


def _heard(source: Path, target: Path) -> None:
    with media_errors(), storage.disk_errors():
        checkup.write_analysis(source, target)
