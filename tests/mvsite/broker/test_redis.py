"""Redis as the broker: what kombu asks of a connection that is gone is told as a lost connection."""

import pytest
from kombu import Connection

from mvsite.broker import register
from tests.support import needs

pytestmark = pytest.mark.network_loopback


def test_acknowledging_a_message_of_a_closed_connection_is_a_lost_connection() -> None:
    register()
    with Connection(needs.redis()) as connection:
        channel = connection.default_channel
        channel._pool = channel.connection.client = None  # as after a loss, when the old consumer is still tidied up
        with pytest.raises(connection.connection_errors, match="closed"):
            channel.qos.ack("a delivery")
