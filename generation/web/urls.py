"""The addresses of the pages; each works with and without its trailing slash."""

from django.urls import URLPattern, re_path

from generation.web import views

_ID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"

urlpatterns: list[URLPattern] = [
    re_path(r"^$", views.projects, name="projects"),
    re_path(r"^create/?$", views.create, name="create"),
    re_path(rf"^studio/(?P<project_id>{_ID})/?$", views.studio, name="studio"),
    re_path(r"^quick-gen-page/?$", views.quick_gen_page, name="quick-gen-page"),
    re_path(rf"^result/job_(?P<job_id>{_ID})/?$", views.job_result, name="job-result"),
]
