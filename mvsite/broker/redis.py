"""Redis as the broker: kombu's own transport, but that it tells a lost connection as one."""

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """kombu 5.7 asks a connection that is closed already for its host when one of its messages is acknowledged late.

    The AttributeError that comes of it is no error of a connection to Celery, and ended the worker.
    """

    def _connparams(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002  kombu's signature
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("the connection to the broker is closed")
        return super()._connparams(asynchronous=asynchronous)


class Transport(redis.Transport):
    """Makes such channels."""

    Channel = Channel
