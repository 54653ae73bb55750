"""App configuration of the accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users as a Django app of their own, so that the user model is ours from the first migration."""

    name = "mvsite.accounts"
    label = "accounts"
