"""Forms without files: only the addresses for uploads take some, and those bring a handler of their own."""

from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class NoFilesHandler(FileUploadHandler):
    """Refuses every file, and a form that announces more than texts need before a byte of it is read.

    Django's own handlers write files of any size to the system's temporary folder as soon as anything asks for the
    form's fields, which CSRF protection does before it is known who sends them.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: Mapping[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse by the announced length. Raises RequestDataTooBig."""
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("A form may not have so many bytes.")

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse a file. Raises RequestDataTooBig."""
        raise RequestDataTooBig("This address takes no files.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> NoReturn:
        """Never comes: there is no file."""
        raise RequestDataTooBig("This address takes no files.")

    def file_complete(self, file_size: int) -> None:
        """Have nothing to hand over."""
