"""Logging: one JSON line an event, debug events by name, and no secret in any of them."""

import logging
import logging.config
import re
from typing import Any

import structlog

_PATTERNS = re.compile(
    r"r8_[A-Za-z0-9]{8,}|AIza[\w-]{10,}|AKIA[A-Z0-9]{8,}|Bearer\s+\S+|X-Amz-Signature=[^&\s]+|(?<=[?&]s=)[\w-]{16,}"
    r"|(?<=/share/)[\w.-]{16,}|(?<=/join/)[\w.%-]+|(?<=/password/new/)[\w.%-]+|(?<=/mv/webhooks/)[^\s?\"'<>]+"
    r"|(?i:(?<=password=)|(?<=secret=)|(?<=client_key=)|(?<=server_key=))[^&\s\"]+"  # as Redis, PostgreSQL read them
    r"|(?<=://)[^/\s:]*:[^/\s?]+(?=@)|mvk_[\w-]{9,}"  # the first 8 letters of a token are its name in lists
)
_secrets: list[str] = []  # the longest first: one that begins another would leave the end of that one


def hide(*values: str) -> None:
    """Name secret values that must never be written; short ones are ignored because they would blot out words."""
    new = {value for value in values if len(value) >= 8}
    _secrets[:] = sorted(new.union(_secrets), key=len, reverse=True)


def redact(text: str) -> str:
    """Replace every known secret and everything that looks like one."""
    for value in _secrets:
        text = text.replace(value, "[hidden]")
    return _PATTERNS.sub("[hidden]", text)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))  # a request, say, whose text has its address


def _redact_event(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: _clean(value) for key, value in event.items()}


def asking_request_id() -> str:
    """Give the id of the request that this work is done for, also in a worker; "" where nobody asked."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def logging_config(*, debug: bool) -> dict[str, Any]:
    """Build Django's LOGGING: everything to stderr as JSON; `mv.events` at DEBUG only when asked for."""
    config: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _redact_event,
                    structlog.processors.JSONRenderer(default=str),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "mv.events": {"level": "DEBUG" if debug else "INFO"},
            "celery": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},  # it writes a line for every look at a provider
            "PIL": {"level": "INFO"},
        },
    }
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return config


_events = logging.getLogger("mv.events")


def debug_event(name: str, **fields: Any) -> None:
    """Log one step under its fixed name (the list is `docs/events.md`); written only with `MV_DEBUG_MODE=true`."""
    _events.debug(name, extra=fields)


def warn_event(name: str, **fields: Any) -> None:
    """Log a step that operators must see whatever the mode."""
    _events.warning(name, extra=fields)


def info_event(name: str, **fields: Any) -> None:
    """Log a step that is worth a line in every mode."""
    _events.info(name, extra=fields)
