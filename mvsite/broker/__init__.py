"""The message brokers: a folder, moved by atomic renames only, so that no server has to be installed; or Redis."""

from kombu.transport import TRANSPORT_ALIASES


def register() -> None:
    """Make `safefs://` a broker address that Celery understands, and let ours stand for `redis://`."""
    TRANSPORT_ALIASES["safefs"] = "mvsite.broker.transport:Transport"
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = "mvsite.broker.redis:Transport"
