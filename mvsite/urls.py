"""One list of everything that has an address."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from assets.api.signed import SignedFileView
from mvsite.accounts.web.signing import admin_login
from mvsite.common.languages import texts
from mvsite.health import live, ready

_ADMIN = settings.MV_ADMIN_PATH.removeprefix("/")
urlpatterns = [
    path("health/live", live),
    path("health/ready", ready),
    path(f"{_ADMIN}login/", admin_login),
    path(_ADMIN, admin.site.urls),
    path("api/", include("mvsite.api")),
    path("texts/<slug:language>.js", texts, name="texts"),
    path("media/<str:kind>/<str:pk>", SignedFileView.as_view()),
    path("", include("mvsite.accounts.web.urls")),
    path("", include("generation.web.urls")),
]
handler400 = "mvsite.health.bad_request"
handler404 = "mvsite.health.not_found"
handler500 = "mvsite.health.server_error"
