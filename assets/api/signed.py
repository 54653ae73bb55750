"""`/media/…`: files for whoever has a signed address, and nothing else."""

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from assets.api.files import AnyAccept, serve_row
from assets.signed import Link, linked
from mvsite.common.errors import UserError


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
        return serve_row(request, linked(link, words.get("s", "")), attachment=link.is_download)
