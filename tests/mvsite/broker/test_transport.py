"""The embedded broker: exact queues, whole messages, one winner each, nothing lost between processes."""

import json
import multiprocessing
import os
import queue as queues
import stat
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Consumer, Exchange, Queue

from mvsite import celery as worker_app
from mvsite.broker import folders

EXCHANGE = Exchange("jobs", type="direct")


def connect(root: Path) -> Connection:
    options = {
        "data_folder_in": str(root / "in"),
        "data_folder_out": str(root / "in"),
        "processed_folder": str(root / "taken"),
        "control_folder": str(root / "control"),
        "polling_interval": 0.01,
    }
    return Connection("safefs://", transport_options=options)


def bound(name: str) -> Queue:
    return Queue(name, EXCHANGE, routing_key=name)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "broker"


@pytest.fixture
def connection(root: Path) -> Iterator[Connection]:
    assert worker_app.app.main == "mvsite"  # importing the worker's module is what registers the address
    with connect(root) as opened:
        yield opened


def publish(connection: Connection, name: str, *bodies: Any) -> None:
    producer = connection.Producer(serializer="json")
    for body in bodies:
        producer.publish(body, exchange=EXCHANGE, routing_key=name, declare=[bound(name)])


def read_all(connection: Connection, name: str) -> list[Any]:
    found = []
    with connection.channel() as channel:
        reader = bound(name)(channel)
        reader.declare()
        while (message := reader.get(no_ack=True)) is not None:
            found.append(message.payload)
    return found


def test_messages_arrive_in_order_and_once(connection: Connection) -> None:
    publish(connection, "provider", *range(20))
    assert read_all(connection, "provider") == list(range(20))
    assert read_all(connection, "provider") == []


def test_a_queue_whose_name_ends_like_another_stays_apart(connection: Connection) -> None:
    publish(connection, "video.render", "theirs")
    publish(connection, "render", "ours")
    assert read_all(connection, "render") == ["ours"]
    assert read_all(connection, "video.render") == ["theirs"]


def test_a_queue_name_cannot_leave_the_folder(connection: Connection, root: Path) -> None:
    publish(connection, "../../out", "kept")
    assert [path.parent for path in root.parent.rglob("*.msg")] == [root / "in"]
    assert read_all(connection, "../../out") == ["kept"]


def test_folders_and_messages_are_their_owners_only(connection: Connection, root: Path) -> None:
    publish(connection, "default", "secret")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (root / "in", root / "taken", root / "control")}
    assert modes == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (root / "in").iterdir()} == {0o600}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"body": 1}', b'{"__type__": "uuid"}'])
def test_an_unreadable_message_is_dropped(connection: Connection, root: Path, content: bytes) -> None:
    assert connection.default_channel  # opening it makes the folders
    folders.write_whole(root / "in" / "00000000000000000001_00.default.msg", content)
    publish(connection, "default", "good")
    assert read_all(connection, "default") == ["good"]
    assert list((root / "in").iterdir()) == []


def test_folders_that_are_taken_away_come_back(connection: Connection, root: Path) -> None:
    publish(connection, "default", "lost")
    for path in sorted(root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert read_all(connection, "default") == []
    publish(connection, "default", "next")
    assert read_all(connection, "default") == ["next"]


def test_a_message_that_cannot_be_written_leaves_nothing(connection: Connection, root: Path) -> None:
    publish(connection, "default", "first")
    (root / "in").rename(root / "aside")
    (root / "in").write_text("a file is in the way")
    with pytest.raises(connection.connection.channel_errors, match="No message could be written"):
        publish(connection, "default", "second")


def test_purge_and_size_count_one_queue(connection: Connection) -> None:
    publish(connection, "default", 1, 2, 3)
    publish(connection, "render", 4)
    with connection.channel() as channel:
        assert bound("default")(channel).queue_declare(passive=True).message_count == 3
        assert bound("default")(channel).purge() == 3
    assert read_all(connection, "render") == [4]


def test_unacknowledged_messages_go_back_when_the_channel_closes(connection: Connection) -> None:
    publish(connection, "default", "once")
    with connection.channel() as channel:
        reader = bound("default")(channel)
        assert reader.get(no_ack=False) is not None
    assert read_all(connection, "default") == ["once"]


def test_what_killed_processes_left_is_swept(root: Path, connection: Connection) -> None:
    publish(connection, "default", "waiting")
    old, new = root / "taken" / "1_old.default.msg", root / "taken" / "2_new.default.msg"
    draft = root / "in" / ".tmp-old"
    for path in (old, new, draft):
        path.write_text("{}")
    for path in (old, draft):
        set_age(path, folders.LEFT_BEHIND_SECONDS + 60)
    with connect(root) as other:
        assert other.default_channel  # opening it sweeps
    assert not old.exists()
    assert not draft.exists()
    assert new.exists()
    assert read_all(connection, "default") == ["waiting"]


def set_age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def produce(root: Path, name: str, count: int) -> None:
    with connect(root) as connection:
        publish(connection, "provider", *(f"{name}-{n}" for n in range(count)))


def consume(root: Path, into: Path, stop: Any) -> None:
    seen: list[str] = []

    def keep(body: str, message: Any) -> None:
        seen.append(body)
        message.ack()

    with connect(root) as connection, Consumer(connection, [bound("provider")], callbacks=[keep], prefetch_count=8):
        while True:
            try:
                connection.drain_events(timeout=0.2)
            except (TimeoutError, queues.Empty):
                if stop.is_set():
                    break
    into.write_text(json.dumps(seen))


@pytest.mark.parametrize("each", [500, pytest.param(5000, marks=pytest.mark.long)])
def test_processes_lose_and_double_nothing(root: Path, tmp_path: Path, each: int) -> None:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    answers = [tmp_path / "a.json", tmp_path / "b.json"]
    readers = [context.Process(target=consume, args=(root, path, stop)) for path in answers]
    writers = [context.Process(target=produce, args=(root, name, each)) for name in ("x", "y")]
    for process in (*readers, *writers):
        process.start()
    for process in writers:
        process.join(200)
    stop.set()
    for process in readers:
        process.join(200)
    assert [process.exitcode for process in (*writers, *readers)] == [0, 0, 0, 0]
    counted = Counter(body for path in answers for body in json.loads(path.read_text()))
    assert len(counted) == 2 * each
    assert set(counted.values()) == {1}
    assert [path for path in root.rglob("*") if path.suffix == ".msg" or path.name.startswith(".tmp-")] == []
