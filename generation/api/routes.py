"""The addresses of this room: the calls of SPEC.md, and the resources."""

from django.urls import URLPattern, re_path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from generation.api.calls import CreateScenesView, GenerateCharacterReferenceView, GenerateVideoView
from generation.api.estimates import EstimateView
from generation.api.files import (
    AudioInfoView,
    CharacterInfoView,
    GetAudioView,
    GetCharacterReferenceView,
    GetVideoView,
    VideoInfoView,
)
from generation.api.films import DownloadView, LipSyncView, StitchView, TrimView
from generation.api.jobs import JobViewSet
from generation.api.previews import FlavorPreviewView
from generation.api.projects import ProjectViewSet
from generation.api.providers import ProvidersView
from generation.api.scene_generations import SceneGenerationViewSet
from generation.api.scenes import SceneViewSet
from generation.api.shares import ShareViewSet
from generation.api.songs import AnalysisView, WaveformView
from generation.api.sprites import SpriteImageView, SpriteTextView, SpriteView
from generation.api.trash import ProjectTrashView, TrashView
from generation.api.usage import UsageView
from generation.api.webhooks import ReplicateWebhookView

_ID = r"(?!get/)[^/]+"
_CALLS: dict[str, type[APIView]] = {
    "mv/create_scenes": CreateScenesView,
    "mv/generate_character_reference": GenerateCharacterReferenceView,
    "mv/generate_video": GenerateVideoView,
    "mv/lipsync": LipSyncView,
    "mv/stitch-videos": StitchView,
    "mv/estimate": EstimateView,
    "mv/providers": ProvidersView,
    r"mv/flavors/(?P<pk>[^/]+)/preview": FlavorPreviewView,
    "audio/trim": TrimView,
    "audio/download": DownloadView,
    "mv/trash": TrashView,
    "mv/trash/projects": ProjectTrashView,
    "mv/usage": UsageView,
    r"mv/get_character_reference/(?P<pk>[^/]+)": GetCharacterReferenceView,
    r"mv/get_character_reference/(?P<pk>[^/]+)/info": CharacterInfoView,
    r"mv/get_video/(?P<pk>[^/]+)": GetVideoView,
    r"mv/get_video/(?P<pk>[^/]+)/info": VideoInfoView,
    r"audio/get/(?P<pk>[^/]+)": GetAudioView,
    r"audio/get/(?P<pk>[^/]+)/info": AudioInfoView,
    r"mv/videos/(?P<pk>[^/]+)/sprite": SpriteView,
    r"mv/videos/(?P<pk>[^/]+)/sprite\.jpg": SpriteImageView,
    r"mv/videos/(?P<pk>[^/]+)/sprite\.vtt": SpriteTextView,
    rf"audio/(?P<pk>{_ID})/waveform": WaveformView,
    rf"audio/(?P<pk>{_ID})/analysis": AnalysisView,
    r"mv/webhooks/replicate/(?P<call>[^/]+)/(?P<seal>[^/]+)": ReplicateWebhookView,
}
_OLDER_NAMES = {"mv/stitch_videos": StitchView, "mv/stitch_video": StitchView, "mv/merge_videos": StitchView}


def calls() -> list[URLPattern]:
    """Return the addresses of the calls, each with and without its trailing slash."""
    known = {**_CALLS, **{address: _older(address, view) for address, view in _OLDER_NAMES.items()}}
    return [re_path(rf"^{address}/?$", view.as_view(), name=view.__name__) for address, view in known.items()]


def _older(address: str, view: type[APIView]) -> type[APIView]:
    """Make a view of the same behaviour that the OpenAPI page marks as deprecated."""
    words = extend_schema(operation_id=f"older_name_{address.replace('/', '_')}", deprecated=True)
    return extend_schema_view(post=words)(type(f"Older{view.__name__}", (view,), {"__doc__": view.__doc__}))


def register(router: SimpleRouter) -> None:
    """Add the resources to the one router."""
    router.register("mv/projects", ProjectViewSet, basename="project")
    router.register("mv/scenes", SceneViewSet, basename="scene")
    router.register("mv/jobs", JobViewSet, basename="job")
    router.register("mv/scene_generations", SceneGenerationViewSet, basename="scene-generation")
    router.register("mv/shares", ShareViewSet, basename="share")
