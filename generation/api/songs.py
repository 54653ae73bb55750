"""What a song sounds like, as numbers: its curve, and what was heard in it."""

import hashlib
import json
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assets.media.analysis import SongAnalysis
from assets.media.analysis.wish import FASTEST, SLOWEST
from assets.media.waveform import DEFAULT_BUCKETS, MAX_BUCKETS
from assets.models import Audio
from assets.selectors import audio_get
from assets.services.listening import audio_analysis, audio_curve, audio_heard, audio_set_tempo
from generation.api import examples
from generation.api.fields import Number, number, whole
from generation.api.files import existing
from generation.api.resources import checked
from generation.api.tagged import tagged
from mvsite.common.bodies import RequestSerializer
from mvsite.common.errors import FieldError, UserError

LONGEST = 24 * 3600.0  # seconds: no song is longer
BUCKETS = OpenApiParameter("buckets", int, description=f"How many values, 1 to {MAX_BUCKETS}.", default=DEFAULT_BUCKETS)


class WaveformSerializer(serializers.Serializer[Any]):
    """The curve of a song: the highest sample, 0 to 1, of each of equal parts of its `duration` (seconds)."""

    audio_id = serializers.UUIDField()
    duration = serializers.FloatField()
    peaks = serializers.ListField(child=serializers.FloatField())


class CandidateSerializer(serializers.Serializer[Any]):
    """A tempo that fits as well; `octave` when it is the best one's double, half, or in another simple ratio to it."""

    bpm = serializers.FloatField()
    strength = serializers.FloatField()
    octave = serializers.BooleanField()


class SectionSerializer(serializers.Serializer[Any]):
    """A part of the song; parts of one `letter` sound alike, `name` is a guess, `energy` 0 to 1."""

    start = serializers.FloatField()
    end = serializers.FloatField()
    letter = serializers.CharField()
    name = serializers.CharField()
    energy = serializers.FloatField()


class AnalysisSerializer(serializers.Serializer[Any]):
    """What was heard in a song. Moments in seconds; `bpm` is null where there is no beat.

    `manual` is a person's own tempo, which then stands in `bpm`, `beats` and `downbeats`; `measured_bpm` stays.
    """

    audio_id = serializers.UUIDField()
    seconds = serializers.FloatField()
    bpm = serializers.FloatField(allow_null=True)
    measured_bpm = serializers.FloatField(allow_null=True)
    manual = serializers.DictField(allow_null=True)
    confidence = serializers.FloatField()
    even = serializers.BooleanField()
    ambiguous = serializers.BooleanField()
    candidates = CandidateSerializer(many=True)
    beats = serializers.ListField(child=serializers.FloatField())
    downbeats = serializers.ListField(child=serializers.FloatField())
    beats_per_bar = serializers.IntegerField()
    bar_confidence = serializers.FloatField()
    sections = SectionSerializer(many=True)
    energy_step = serializers.FloatField()
    energy = serializers.ListField(child=serializers.FloatField())
    loudness_lufs = serializers.FloatField()
    peak_dbfs = serializers.FloatField()


class TempoRequestSerializer(RequestSerializer):
    """A person's own tempo; null takes a value back. `taps` are seconds of the song, and set `bpm` and `offset`.

    `offset` is a moment in seconds at which a bar begins.
    """

    bpm = number(SLOWEST, FASTEST)
    offset = number(0, LONGEST)
    beats_per_bar = whole(2, 12)
    taps = serializers.ListField(child=Number(min_value=0, max_value=LONGEST), max_length=1000, required=False)


class WaveformView(APIView):
    """`GET /api/audio/{id}/waveform`."""

    @extend_schema(
        parameters=[BUCKETS],
        responses={200: WaveformSerializer, 304: None},
        examples=[examples.answer(*examples.CURVE)],
    )
    def get(self, request: Request, pk: str) -> Response:
        """Read the curve of a song, to draw it; 409 with Retry-After while a long song is still being listened to."""
        audio, buckets = existing(audio_get, request, pk), _buckets(request)
        told = {
            "audio_id": str(audio.pk),
            "duration": audio.duration_ms / 1000,
            "peaks": audio_curve(audio=audio, buckets=buckets),
        }
        return tagged(request, f"{audio.sha256[:32]}-{buckets}", told)


class AnalysisView(APIView):
    """`GET` and `PATCH /api/audio/{id}/analysis`."""

    @extend_schema(responses={200: AnalysisSerializer, 304: None}, examples=[examples.answer(*examples.HEARD)])
    def get(self, request: Request, pk: str) -> Response:
        """Read tempo, beats, bars, parts, energy and loudness; 409 with Retry-After while a long song is heard."""
        return _analysis(request, existing(audio_get, request, pk))

    @extend_schema(
        request=TempoRequestSerializer,
        responses=AnalysisSerializer,
        examples=[
            examples.body("Twice as fast", {"bpm": 220.0}),
            examples.body("As measured", {"taps": []}),
            examples.answer(*examples.HEARD),
        ],
    )
    def patch(self, request: Request, pk: str) -> Response:
        """Set a tempo of one's own, by value or by taps; null, or no taps, takes it back."""
        audio = existing(audio_get, request, pk)
        changes = dict(checked(TempoRequestSerializer, request).validated_data)
        taps = changes.pop("taps", None)
        return _analysis(request, audio_set_tempo(audio=audio, taps=taps, changes=changes))


def _analysis(request: Request, audio: Audio) -> Response:
    found = audio_analysis(audio=audio)
    measured = audio_heard(audio=audio) if audio.tempo else found
    return tagged(request, _tag(audio, found), _told(audio, found, measured))


def _told(audio: Audio, found: SongAnalysis, measured: SongAnalysis) -> dict[str, Any]:
    manual = audio.tempo or None
    return {"audio_id": str(audio.pk), "measured_bpm": measured.bpm, "manual": manual, **found.as_dict()}


def _tag(audio: Audio, found: SongAnalysis) -> str:
    known = json.dumps([str(audio.pk), audio.tempo, found.as_dict()], sort_keys=True)
    return hashlib.sha256(known.encode()).hexdigest()[:32]


def _buckets(request: Request) -> int:
    text = request.query_params.get("buckets", str(DEFAULT_BUCKETS))
    if text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= MAX_BUCKETS:
        return int(text)
    detail = f"A whole number from 1 to {MAX_BUCKETS}."
    raise UserError("user:request:invalid", detail, errors=(FieldError("#/buckets", detail, "invalid"),))
