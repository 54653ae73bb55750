"""One router with every endpoint of the REST API."""

from django.urls import re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from assets.api.views import AudioViewSet, CharacterViewSet, VideoViewSet
from flavors.api.views import ConfigFlavorNamesView, FlavorViewSet
from generation.api import routes as generation_routes


class SlashOptionalRouter(SimpleRouter):
    """Every address works with and without its trailing slash."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"


router = SlashOptionalRouter()
router.register("mv/flavors", FlavorViewSet, basename="flavor")
router.register("mv/characters", CharacterViewSet, basename="character")
router.register("mv/videos", VideoViewSet, basename="video")
router.register("audio", AudioViewSet, basename="audio")
generation_routes.register(router)

urlpatterns = [
    re_path(r"^schema/?$", SpectacularAPIView.as_view(), name="schema"),
    re_path(r"^docs/?$", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^mv/get_config_flavors/?$", ConfigFlavorNamesView.as_view(), name="get-config-flavors"),
    *generation_routes.calls(),  # before the resources: /api/audio/trim is no song
    *router.urls,
]
