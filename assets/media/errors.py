"""What can go wrong with a file or a render; plain exceptions that services turn into error codes."""


class MediaProblem(Exception):  # noqa: N818 - MediaError is the family that services raise for it
    """The bytes given are not what they should be.

    `reason` is `empty`, `type`, `unreadable`, `too_long`, `too_large` (in pixels) or `window` (a part
    that lies outside the file).
    """

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


class ClipProblem(MediaProblem):
    """One clip of several cannot be used; `index` counts from 0."""

    def __init__(self, index: int, reason: str, detail: str) -> None:
        self.index = index
        super().__init__(reason, f"clip {index + 1}: {detail}")


class RenderCheckError(Exception):
    """What we made ourselves did not pass its check; the text names the check and the numbers."""


class FFmpegError(Exception):
    """The ffmpeg program failed; the text ends with the last thing it said."""


class FFmpegTimeoutError(FFmpegError):
    """The ffmpeg program took longer than it was given and was killed."""
