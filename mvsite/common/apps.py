"""App configuration of the cellar."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """The cellar as a Django app: it owns the idempotency keys."""

    name = "mvsite.common"
    label = "common"
