"""The error families: whose fault it is decides how it is shown and whether it is tried again."""

from dataclasses import dataclass
from typing import Any, ClassVar

from mvsite.common.error_table import ERRORS
from mvsite.common.text import keepable


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that needs attention: a JSON pointer (`#/idea`), a sentence and a short code."""

    pointer: str
    detail: str
    code: str


class StudioError(Exception):
    """Base of the families; `code` must stand in the table, `detail` is for a person and holds no secret.

    What others said may stand in it: what no database keeps is left out of it.
    """

    family: ClassVar[str] = ""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: tuple[FieldError, ...] = (),
        extra: dict[str, Any] | None = None,
    ) -> None:
        if not code.startswith(self.family):
            raise ValueError(f"{code} does not belong to {type(self).__name__}")
        self.text = ERRORS[code]
        self.code = code
        self.detail = keepable(detail) or self.text.title
        self.errors = errors
        self.extra = extra or {}
        super().__init__(f"{code}: {self.detail}")

    def as_dict(self) -> dict[str, Any]:
        """Give what is kept on a job and shown to people: code, title, status, detail, next_step."""
        return {
            "code": self.code,
            "title": self.text.title,
            "status": self.text.status,
            "detail": self.detail,
            "next_step": self.text.next_step,
            **self.extra,
        }


class UserError(StudioError):
    """The request asks for something that cannot be."""

    family = "user:"


class ProviderError(StudioError):
    """The vendor failed; `transient` ones are tried again, `retry_after` is the vendor's own wish in seconds.

    `billed` says that the vendor takes the price all the same; `pace` is how many orders a minute it allows for now.
    """

    family = "provider:"

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        transient: bool = False,
        retry_after: float | None = None,
        billed: bool = False,
        pace: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(code, detail, extra=extra)
        self.transient = transient
        self.retry_after = retry_after
        self.billed = billed
        self.pace = pace


class MediaError(StudioError):
    """The bytes are not what they should be."""

    family = "media:"


class AppError(StudioError):
    """Our own processing failed."""

    family = "app:"


def restore(kept: dict[str, Any]) -> StudioError:
    """Make an error again from what `as_dict` kept on a job."""
    known = {"code", "title", "status", "detail", "next_step"}
    extra = {key: value for key, value in kept.items() if key not in known}
    code = str(kept["code"])
    families: tuple[type[StudioError], ...] = (UserError, MediaError, AppError)
    for family in families:
        if code.startswith(family.family):
            return family(code, str(kept["detail"]), extra=extra)
    return ProviderError(code, str(kept["detail"]), extra=extra)
