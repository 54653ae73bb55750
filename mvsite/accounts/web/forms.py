"""The forms of the pages."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mvsite.accounts.models import SCOPES, User

_PASSWORD: dict[str, Any] = {
    "widget": forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    "strip": False,
    "max_length": 128,
}


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(forms.Form):
    """A password of one's own, twice."""

    password = forms.CharField(label=gettext_lazy("New password"), **_PASSWORD)
    again = forms.CharField(label=gettext_lazy("New password, again"), **_PASSWORD)

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        words: dict[str, Any] = super().clean() or {}
        if {"password", "again"} <= words.keys() and words["password"] != words["again"]:
            raise ValidationError({"again": _("The two passwords differ.")})
        return words


class JoinForm(NewPasswordForm):
    """A name, a mail address for a lost password, and a password."""

    username = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    email = forms.EmailField(label=gettext_lazy("Mail address (for a lost password)"), required=False)
    field_order = ("username", "email", "password", "again")


class ForgotForm(forms.Form):
    """Whose password is lost."""

    email = forms.EmailField(label=gettext_lazy("Mail address"))


class ChangePasswordForm(NewPasswordForm):
    """The password there is, and the next one."""

    current = forms.CharField(
        label=gettext_lazy("Present password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "password", "again")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person

    def clean_current(self) -> str:
        """Check that it is theirs."""
        current = str(self.cleaned_data["current"])
        if not self._person.check_password(current):
            raise ValidationError(_("This is not your present password."), code="wrong")
        return current

    def clean_password(self) -> str:
        """Hold it against the rules."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self._person)
        return password


class TokenForm(forms.Form):
    """What a token is called, what it may do, and for how long."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=[
            (SCOPES[0], gettext_lazy("read: look at everything of yours")),
            (SCOPES[1], gettext_lazy("generate: change things and start work")),
            (SCOPES[2], gettext_lazy("admin: manage tokens, and invite if you are staff")),
        ],
        initial=[SCOPES[0], SCOPES[1]],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days it works (empty: until you revoke it)"), min_value=1, max_value=3650, required=False
    )
