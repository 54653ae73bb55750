"""Redis as the broker: what kombu asks of a connection that is gone is told as a lost connection."""

from pathlib import Path

import pytest
from kombu import Connection

from mvsite.broker import register
from tests.support import needs
from tests.support.dead_redis import refusing
from tests.support.processes import ran

pytestmark = pytest.mark.network_loopback


def test_acknowledging_a_message_of_a_closed_connection_is_a_lost_connection() -> None:
    register()
    with Connection(needs.redis()) as connection:
        channel = connection.default_channel
        channel._pool = channel.connection.client = None  # as after a loss, when the old consumer is still tidied up
        with pytest.raises(connection.connection_errors, match="closed"):
            channel.qos.ack("a delivery")


BELL = """
import uuid, django
django.setup()
from generation import tasks
from generation.jobs.wake import ring
from tests.support.threads import running_time
with running_time() as seconds:
    ring(uuid.uuid4(), "default")
    print(seconds())
"""


def test_a_broker_that_is_down_holds_nobody_who_rings(tmp_path: Path) -> None:
    with refusing() as url:
        rung = ran(tmp_path, "-c", BELL, CELERY_BROKER_URL=url)
    assert "doorbell_lost" in rung.stderr
    assert float(rung.stdout) < 2
