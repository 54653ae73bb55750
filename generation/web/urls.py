"""The addresses of the pages; each works with and without its trailing slash."""

from django.urls import URLPattern, re_path

from generation.web import shared, views
from generation.web.metrics import metrics

_ID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_LINK = r"[A-Za-z0-9_.-]{1,200}"

urlpatterns: list[URLPattern] = [
    re_path(r"^metrics$", metrics, name="metrics"),
    re_path(r"^$", views.projects, name="projects"),
    re_path(r"^create/?$", views.create, name="create"),
    re_path(r"^library/?$", views.library, name="library"),
    re_path(rf"^studio/(?P<project_id>{_ID})/?$", views.studio, name="studio"),
    re_path(r"^quick-gen-page/?$", views.quick_gen_page, name="quick-gen-page"),
    re_path(rf"^result/job_(?P<job_id>{_ID})/?$", views.job_result, name="job-result"),
    re_path(rf"^share/(?P<token>{_LINK})/?$", shared.page, name="share"),
    re_path(rf"^share/(?P<token>{_LINK})/video/(?P<video_id>{_ID})/?$", shared.video, name="share-video"),
]
