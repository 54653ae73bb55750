"""Who looks at a page: the local owner, or whoever is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import get_token

from mvsite.accounts.models import User
from mvsite.accounts.services import local_owner

Rest = ParamSpec("Rest")
Page = Callable[Concatenate[HttpRequest, User, Rest], HttpResponseBase]


def for_owner(page: Page[Rest]) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
    """Give a page the user it is drawn for as its second argument; strangers are sent to the log-in."""

    @wraps(page)
    def drawn(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if settings.MV_AUTH == "local":
            return page(request, local_owner(), *args, **kwargs)
        if isinstance(request.user, User):
            get_token(request)  # the modules of the page send it back
            return page(request, request.user, *args, **kwargs)
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)

    return drawn
