"""The admin as a Django app with our own site; a module of its own, because an app has one configuration."""

from django.contrib.admin.apps import AdminConfig


class StudioAdminConfig(AdminConfig):
    """Django's admin, with `StudioAdminSite`."""

    default_site = "mvsite.admin_site.StudioAdminSite"
