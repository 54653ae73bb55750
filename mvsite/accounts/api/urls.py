"""The addresses of accounts in the API."""

from django.urls import URLPattern, re_path

from mvsite.accounts.api.views import InvitationsView, MeView, PasswordLinksView, TokensView, TokenView

urlpatterns: list[URLPattern] = [
    re_path(r"^account/?$", MeView.as_view(), name="account-me"),
    re_path(r"^account/tokens/?$", TokensView.as_view(), name="account-tokens"),
    re_path(r"^account/tokens/(?P<pk>[^/]+)/?$", TokenView.as_view(), name="account-token-detail"),
    re_path(r"^account/invitations/?$", InvitationsView.as_view(), name="account-invitations"),
    re_path(r"^account/password_links/?$", PasswordLinksView.as_view(), name="account-password-links"),
]
