"""`/media/…`: files for whoever has a signed address, and nothing else."""

from django.conf import settings
from django.contrib.auth import get_user
from django.core.cache import cache
from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from assets.api.files import AnyAccept, serve_poster, serve_row
from assets.models import StoredFile, Video
from assets.signed import POSTER, Link, linked
from mvsite.accounts.audit import audit
from mvsite.accounts.models import User
from mvsite.common.errors import UserError

_SEEN_EVERY = 3600  # seconds: a player asks for a film in many pieces


class SignedFileView(APIView):
    """`GET /media/{kind}/{id}?e=…&d=…&s=…`: who may come in is decided by the signature alone."""

    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = AnyAccept

    @extend_schema(exclude=True)
    def get(self, request: Request, kind: str, pk: str) -> HttpResponseBase:
        """Serve the file, or send to the bucket. Raises `UserError` user:link:refused."""
        words = request.query_params
        until, download = words.get("e", ""), words.get("d", "")
        if not (until.isascii() and until.isdigit() and len(until) <= 12 and download in {"0", "1"}):
            raise UserError("user:link:refused")
        link = Link(kind, pk, is_download=download == "1", expires=int(until))
        row = linked(link, words.get("s", ""))
        if kind == POSTER and isinstance(row, Video):
            return serve_poster(request, row)
        _note(request, row)
        return serve_row(request, row, attachment=link.is_download)


def _note(request: Request, row: StoredFile) -> None:
    """Write into the audit log, once an hour, that somebody of the staff looks at a file of somebody else's.

    The address lets in whoever has it; staff have it from the admin, where their session says who they are.
    """
    if settings.MV_AUTH == "local" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return
    person = get_user(request._request)  # noqa: SLF001 - this view authenticates nobody, only the session knows
    if not isinstance(person, User) or not person.is_staff or person.pk == row.owner_id:
        return
    if cache.add(f"watched:{person.pk}:{row.pk}", 1, timeout=_SEEN_EVERY):
        audit(f"{type(row).__name__.lower()}.watched", request=request, by=person, via="signed address", about=row)
