"""The calls that start long work on what is there already: lip-sync, stitch, trim, download."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assets.api.serializers import AudioResultSerializer
from assets.api.uploads import discard
from assets.models import Audio, Video
from generation.api import examples
from generation.api.answers import CutResultSerializer, FilmResultSerializer
from generation.api.documented import PromisedAudioSerializer, PromisedVideoSerializer, long_work
from generation.api.examples_songs import DOWNLOADED
from generation.api.finding import among_of, check_inside, owner_of, payer_of, project_to_change, scene_to_change
from generation.api.incoming import audio_received, kept, video_received
from generation.api.requests import (
    DownloadRequestSerializer,
    LipSyncRequestSerializer,
    StitchRequestSerializer,
    TrimRequestSerializer,
)
from generation.api.resources import checked
from generation.api.waiting import start_work
from generation.choices import CutBy
from generation.models import Job, Project, Scene
from generation.services.audio import download_request, trim_request
from generation.services.lipsync import lipsync_request, scene_lipsync_request
from generation.services.stitch import stitch_request
from mvsite.accounts.models import User
from mvsite.common.errors import StudioError, UserError
from mvsite.common.idempotency import is_answered


class LipSyncView(APIView):
    """`POST /api/mv/lipsync`."""

    @long_work(
        name="lipsync",
        takes=LipSyncRequestSerializer,
        promises=PromisedVideoSerializer,
        gives=FilmResultSerializer,
        asked={"video_id": examples.VIDEO_ID, "audio_id": examples.AUDIO_ID, "start_time": 8},
        reserved={"video_id": examples.VIDEO_ID},
        result=examples.VIDEO,
    )
    def post(self, request: Request) -> Response:
        """Make the mouth in a clip follow a window of a song; the clip itself stays."""
        words = checked(LipSyncRequestSerializer, request).given
        scene = scene_to_change(request, words.pop("scene_id", None))
        owner = payer_of(request, scene)
        among = among_of(request, scene.project if scene else None)
        for kind, name, what in ((Video, "video_id", "The clip"), (Audio, "audio_id", "The song")):
            check_inside(among, kind, [words[name]] if name in words else [], what)
        clip, song = (None, None) if is_answered(request) else _received(owner_of(request), owner, words)
        return start_work(request, lambda: _lipsync(owner, words, scene, clip, song), brought=(clip, song))


def _received(asker: User, owner: User, words: dict[str, Any]) -> tuple[Video | None, Audio | None]:
    """Fetch what is named by URL only; an id wins over a URL."""
    clip = song = None
    if "video_id" not in words and words.get("video_url"):
        clip = video_received(asker=asker, owner=owner, url=words["video_url"])
    if "audio_id" not in words and words.get("audio_url"):
        try:
            song = audio_received(asker=asker, owner=owner, url=words["audio_url"])
        except StudioError:
            if clip is not None:
                discard(clip)
            raise
    return clip, song


def _lipsync(owner: User, words: dict[str, Any], scene: Scene | None, clip: Video | None, song: Audio | None) -> Job:
    price = words.get("confirm_cost_usd")
    video_id = clip.pk if clip is not None else words.get("video_id")
    audio_id = song.pk if song is not None else words.get("audio_id")
    if scene is not None and video_id is None and audio_id is None:
        return scene_lipsync_request(
            scene=scene, named=words, config_flavor=words.get("config_flavor"), confirm_cost_usd=price
        )
    if video_id is None or audio_id is None:
        raise UserError("user:media:missing")
    kept(clip)
    kept(song)
    return lipsync_request(
        owner=owner,
        video_id=video_id,
        audio_id=audio_id,
        start_time=words.get("start_time"),
        end_time=words.get("end_time"),
        scene=scene,
        named=words,
        config_flavor=words.get("config_flavor"),
        confirm_cost_usd=price,
    )


class StitchView(APIView):
    """`POST /api/mv/stitch-videos`, also under its older names."""

    @long_work(
        name="stitch",
        takes=StitchRequestSerializer,
        promises=PromisedVideoSerializer,
        gives=FilmResultSerializer,
        asked={"video_ids": [examples.VIDEO_ID, examples.VIDEO_ID], "audio_overlay_id": examples.AUDIO_ID},
        reserved={"video_id": examples.FINAL_ID},
        result=examples.FINAL,
    )
    def post(self, request: Request) -> Response:
        """Put clips together in order, under a song if one is named."""
        words = checked(StitchRequestSerializer, request).given
        project = project_to_change(request, words.pop("project_id", None))
        owner = payer_of(request, project)
        video_ids = words.pop("video_ids")
        among = among_of(request, project)
        check_inside(among, Video, video_ids, "The video")
        overlay = words.pop("audio_overlay_id", None)
        tracks = words.get("audio_tracks")
        if tracks is not None:  # the wishes are kept as JSON, which has no ids
            given = [{name: value for name, value in track.items() if value is not None} for track in tracks]
            words["audio_tracks"] = [{**track, "audio_id": str(track["audio_id"])} for track in given]
        return start_work(
            request,
            lambda: stitch_request(
                owner=owner,
                video_ids=video_ids,
                audio_overlay_id=overlay,
                wishes=words,
                project=project,
                among=among,
                final_of=_made_of(project, video_ids, overlay),
            ),
        )


def _made_of(project: Project | None, video_ids: list[uuid.UUID], overlay: str | None) -> dict[str, Any] | None:
    """Name what the finished video of a project is made of; where that is not today's choice, it is out of date.

    These clips follow each other, whatever the project is cut by.
    """
    if project is None:
        return None
    takes = [str(each) for each in video_ids]
    return {"takes": takes, "audio": overlay, "cut_by": CutBy.CLIPS, "target_duration": "clips"}


class TrimView(APIView):
    """`POST /api/audio/trim`."""

    @long_work(
        name="trim",
        takes=TrimRequestSerializer,
        promises=PromisedAudioSerializer,
        gives=CutResultSerializer,
        asked={"audio_id": examples.AUDIO_ID, "start_at": 12},
        reserved={"audio_id": examples.CUT_ID},
        result=examples.CUT,
    )
    def post(self, request: Request) -> Response:
        """Cut a song; the original stays."""
        owner = owner_of(request)
        words = checked(TrimRequestSerializer, request).given
        return start_work(request, lambda: trim_request(owner=owner, **words))


class DownloadView(APIView):
    """`POST /api/audio/download`."""

    rate = "fetch"

    @long_work(
        name="download",
        takes=DownloadRequestSerializer,
        promises=PromisedAudioSerializer,
        gives=AudioResultSerializer,
        asked={"url": "https://www.youtube.com/watch?v=abcdefghijk"},
        reserved={"audio_id": examples.AUDIO_ID},
        result=DOWNLOADED,
    )
    def post(self, request: Request) -> Response:
        """Keep the sound of one YouTube video as MP3; 400 `user:download:not_installed` where that is not set up."""
        owner = owner_of(request)
        url = checked(DownloadRequestSerializer, request).validated_data["url"]
        return start_work(request, lambda: download_request(owner=owner, url=url))
