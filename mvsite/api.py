"""One router with every endpoint of the REST API."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from assets.api.views import AudioViewSet, CharacterViewSet, VideoViewSet
from flavors.api.views import ConfigFlavorNamesView, FlavorViewSet


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

urlpatterns = [
    re_path(r"^schema/?$", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^mv/get_config_flavors/?$", ConfigFlavorNamesView.as_view(), name="get-config-flavors"),
    *router.urls,
]
