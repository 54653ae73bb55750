"""Taking files from a form: counted while they come in, stopped at the limit, kept on our own disk."""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from rest_framework.request import Request
from rest_framework.response import Response

from assets import storage
from assets.addresses import freshened
from assets.api.serializers import UploadRequestSerializer
from assets.models import StoredFile, Video
from assets.services.room import kept_within_quota
from mvsite.accounts.models import User
from mvsite.accounts.quotas import hold_room, release_room
from mvsite.common.errors import StudioError, UserError
from mvsite.common.idempotency import once

Row_co = TypeVar("Row_co", bound=StoredFile, covariant=True)
Row = TypeVar("Row", bound=StoredFile)
FORM_SLACK = 1024 * 1024  # the title and the form's own lines
FORM_LINES = 4096  # what they usually are at most: of a request's length, the rest is the file


class Receive(Protocol[Row_co]):
    """A service that checks and stores an upload and returns its row unsaved."""

    def __call__(self, *, owner: User, path: Path, name: str, title: str) -> Row_co:
        """Do it; raises media:file:*, app:storage:*."""
        ...


def received(
    request: Request, *, receive: Receive[Row], answer: Callable[[Row], dict[str, Any]], folder: str
) -> Response:
    """Answer an upload: 201 with `answer` of the new row, which is found below `folder`.

    The file is checked and stored before the database is touched, so that no transaction waits for a disk.
    What is not needed after all (a repeated Idempotency-Key, an error) is deleted again.
    """
    form = UploadRequestSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    upload = form.validated_data["file"]
    row = receive(
        owner=request.user,  # type: ignore[arg-type]  # permissions let nobody in who is no user
        path=Path(upload.file.name),
        name=upload.name or "",
        title=form.validated_data["title"],
    )
    (incoming,) = request._request.upload_handlers  # noqa: SLF001  DRF keeps its own beside Django's
    hold = incoming.hold if isinstance(incoming, LimitedUploadHandler) else None
    try:
        response = once(request, lambda: _created(kept_within_quota(row, hold=hold), answer, folder))
    except BaseException:
        discard(row)
        raise
    if response.has_header("Idempotent-Replayed"):
        discard(row)
    response.data = freshened(response.data)
    return response


def _created(row: Row, answer: Callable[[Row], dict[str, Any]], folder: str) -> Response:
    return Response(answer(row), status=201, headers={"Location": f"{folder}/{row.pk}"})


def discard(row: StoredFile) -> None:
    """Delete the files of a row that was not saved after all."""
    with suppress(StudioError):  # the sweep of files without rows finds what cannot be deleted now
        storage.delete(row.key)
        if isinstance(row, Video):
            storage.delete(row.poster_key)


class _Upload(TemporaryUploadedFile):
    """A file on its way in, on the disk that has room for it; Django's own goes to the system's `/tmp`."""

    def __init__(self, name: str, content_type: str, charset: str | None) -> None:
        settings.MV_TEMP_DIR.mkdir(parents=True, exist_ok=True)
        file = tempfile.NamedTemporaryFile(prefix="upload-", dir=settings.MV_TEMP_DIR)  # noqa: SIM115 - closed later
        UploadedFile.__init__(self, file, name, content_type, 0, charset)


class LimitedUploadHandler(FileUploadHandler):
    """Writes what comes in to our disk and stops at `MV_MAX_UPLOAD_MB`; memory stays flat.

    While it comes its room is held within its owner's quota; whoever made the handler releases it in the end.
    """

    hold: UUID | None = None

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: Mapping[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse by the announced length, before a byte is read.

        Raises `UserError` user:request:too_large, user:quota:storage.
        """
        self._room = settings.MV_MAX_UPLOAD_MB * 1024 * 1024
        if content_length > self._room + FORM_SLACK:
            raise _too_large()
        user = getattr(self.request, "user", None)
        if user is not None and user.is_authenticated:
            self.hold = hold_room(user.pk, max(0, content_length - FORM_LINES))

    def release(self) -> None:
        """Give the held room back, if it was held and is not taken yet."""
        release_room(self.hold)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Open the file."""
        super().new_file(*args, **kwargs)
        with storage.disk_errors():
            self.file = _Upload(self.file_name or "", self.content_type or "", self.charset)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece. Raises `UserError` user:request:too_large, `AppError` app:storage:full."""
        self._room -= len(raw_data)
        if self._room < 0:
            self.file.close()
            raise _too_large()
        with storage.disk_errors():
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> _Upload:
        """Hand over the file, whole and readable by its path."""
        with storage.disk_errors():
            self.file.flush()
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Throw away what came in."""
        if hasattr(self, "file"):
            self.file.close()


def _too_large() -> UserError:
    return UserError("user:request:too_large", f"A file may have {settings.MV_MAX_UPLOAD_MB} MB.")
