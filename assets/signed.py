"""Addresses of ours that work without a log-in, for one file and 15 minutes: presigned ones without a bucket."""

import hmac
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.utils.crypto import salted_hmac

from assets.models import Audio, CharacterReference, StoredFile, Video
from mvsite.common.errors import UserError
from mvsite.common.ids import parse_id

SECONDS = 900
_STEP = 60  # within it the address stays the same, so that a browser's cache knows it again
_PURPOSE = "assets.signed.v1"
POSTER = "poster"  # the still of a video
_KINDS: dict[str, type[StoredFile]] = {
    "video": Video,
    "audio": Audio,
    "character": CharacterReference,
    POSTER: Video,
}


@dataclass(frozen=True, slots=True)
class Link:
    """What an address says: which kind of file, which one, saved or shown, until when (seconds since 1970)."""

    kind: str
    row_id: str
    is_download: bool
    expires: int


def signed_url(row: StoredFile, *, is_download: bool = False, is_poster: bool = False) -> str:
    """Give an address that reads this file (of a video, or its still) for 14 to 15 minutes, whoever has it.

    It must not be written down.
    """
    kind = POSTER if is_poster else next(kind for kind, model in _KINDS.items() if isinstance(row, model))
    link = Link(kind, str(row.pk), is_download, int(time.time()) // _STEP * _STEP + SECONDS)
    words = {"e": link.expires, "d": int(is_download), "s": _signature(link, row, settings.SECRET_KEY)}
    return f"/media/{kind}/{row.pk}?{urlencode(words)}"


def linked(link: Link, signature: str) -> StoredFile:
    """Return the row that a link leads to.

    Raises `UserError` user:link:refused for every link that is not ours, changed, too old or of something in the
    trash: which of these it was is nobody's business.
    """
    row = _row(link)
    if row is None or time.time() > link.expires:
        raise UserError("user:link:refused")
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(_signature(link, row, key).encode(), signature.encode()) for key in keys):
        raise UserError("user:link:refused")
    return row


def _row(link: Link) -> StoredFile | None:
    model = _KINDS.get(link.kind)
    try:
        row_id = parse_id(link.row_id)
    except UserError:
        return None
    if model is None:
        return None
    return model._base_manager.filter(pk=row_id, trashed_at=None).first()  # noqa: SLF001 - whoever owns it


def _signature(link: Link, row: StoredFile, secret: str) -> str:
    said = (link.kind, link.row_id, row.key, row.owner_id, int(link.is_download), link.expires)
    return salted_hmac(_PURPOSE, "\n".join(map(str, said)), secret=secret, algorithm="sha256").hexdigest()
