"""The embedded message broker: a folder, moved by atomic renames only, so that no server has to be installed."""

from kombu.transport import TRANSPORT_ALIASES


def register() -> None:
    """Make `safefs://` a broker address that Celery understands."""
    TRANSPORT_ALIASES["safefs"] = "mvsite.broker.transport:Transport"
