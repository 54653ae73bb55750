"""One router with every endpoint of the REST API."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.urls import re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from assets.api.views import AudioViewSet, CharacterViewSet, VideoViewSet
from flavors.api.views import ConfigFlavorNamesView, FlavorViewSet
from generation.api import routes as generation_routes
from mvsite.accounts.api.urls import urlpatterns as account_urls


class SlashOptionalRouter(SimpleRouter):
    """Every address works with and without its trailing slash."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"


# Swagger UI writes styles into its page and makes markup out of texts. It loads nothing from elsewhere, and no
# other page has this exception.
docs = csp_replace({"style-src": [SELF, UNSAFE_INLINE], "require-trusted-types-for": None, "trusted-types": None})(
    SpectacularSwaggerSplitView.as_view(url_name="schema")
)
router = SlashOptionalRouter()
router.register("mv/flavors", FlavorViewSet, basename="flavor")
router.register("mv/characters", CharacterViewSet, basename="character")
router.register("mv/videos", VideoViewSet, basename="video")
router.register("audio", AudioViewSet, basename="audio")
generation_routes.register(router)

urlpatterns = [
    re_path(r"^schema/?$", SpectacularAPIView.as_view(), name="schema"),
    re_path(r"^docs/?$", docs, name="docs"),
    re_path(r"^mv/get_config_flavors/?$", ConfigFlavorNamesView.as_view(), name="get-config-flavors"),
    *account_urls,
    *generation_routes.calls(),  # before the resources: /api/audio/trim is no song
    *router.urls,
]
