"""The addresses of the pages of accounts; each works with and without its trailing slash."""

from django.urls import URLPattern, re_path

from mvsite.accounts.web import account, joining, signing

_ID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_SECRET = r"[A-Za-z0-9_-]{1,100}"  # noqa: S105 - what one looks like

urlpatterns: list[URLPattern] = [
    re_path(r"^sign-in/?$", signing.sign_in, name="sign-in"),
    re_path(r"^sign-out/?$", signing.sign_out, name="sign-out"),
    re_path(rf"^join/(?P<secret>{_SECRET})/?$", joining.join, name="join"),
    re_path(r"^password/forgot/?$", joining.forgot, name="password-forgot"),
    re_path(rf"^password/new/(?P<secret>{_SECRET})/?$", joining.new_password, name="password-new"),
    re_path(r"^account/?$", account.account, name="account"),
    re_path(r"^account/password/?$", account.change_password, name="account-password"),
    re_path(r"^account/tokens/?$", account.make_token, name="account-token"),
    re_path(rf"^account/tokens/(?P<token_id>{_ID})/revoke/?$", account.revoke_token, name="account-token-revoke"),
    re_path(r"^account/invitations/?$", account.invite, name="account-invite"),
    re_path(rf"^account/people/(?P<user_id>{_ID})/password/?$", account.reset_password, name="account-person-password"),
]
