"""One list of everything that has an address."""

from django.contrib import admin
from django.urls import include, path

from assets.api.signed import SignedFileView
from mvsite.health import live, ready

urlpatterns = [
    path("health/live", live),
    path("health/ready", ready),
    path("admin/", admin.site.urls),
    path("api/", include("mvsite.api")),
    path("media/<str:kind>/<str:pk>", SignedFileView.as_view()),
    path("", include("generation.web.urls")),
]
handler400 = "mvsite.health.bad_request"
handler404 = "mvsite.health.not_found"
handler500 = "mvsite.health.server_error"
