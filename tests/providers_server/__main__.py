"""`python -m tests.providers_server --data DIR --port-file FILE`: the stand-in as a process of its own.

It writes its addresses as JSON to the port file when it is ready. Started again with the same DIR it has the same
ports, orders, faults and witness.
"""

import argparse
import json
import os
import signal
import threading
from pathlib import Path

from tests.providers_server.media import Media
from tests.providers_server.serving import House
from tests.providers_server.standin import Standin


def main() -> None:
    """Serve until a signal, or until the process `--parent` is gone."""
    words = argparse.ArgumentParser(prog="python -m tests.providers_server")
    words.add_argument("--data", type=Path, required=True, help="folder of orders, faults, media and witness.jsonl")
    words.add_argument("--port-file", type=Path, required=True)
    words.add_argument("--media", type=Path, help="folder of films, to share between stand-ins")
    words.add_argument("--films", type=int, default=12, help="how many different films of each kind")
    words.add_argument("--film-seconds", type=float, help="length of every film; else what was ordered")
    words.add_argument("--seconds", type=float, nargs=2, default=(0.5, 1.0), help="how long an order takes: from, to")
    words.add_argument("--fault", action="append", default=[], help="a word such as create-429-x3")
    words.add_argument("--parent", type=int, default=0)
    said = words.parse_args()
    media = Media(said.media or said.data / "media", pool=said.films, seconds=said.film_seconds)
    kept = said.data / "ports.json"
    standin = Standin(said.data, media, seconds=tuple(said.seconds))
    for word in said.fault:
        standin.faults.add(word)
    house = House(standin, json.loads(kept.read_text()) if kept.exists() else None)
    house.open()
    kept.write_text(json.dumps(house.ports))
    urls = {name: house.url(name) for name in house.ports} | {"outputs": house.replicate.outputs, "pid": os.getpid()}
    part = said.port_file.with_suffix(".part")
    part.write_text(json.dumps(urls))
    part.replace(said.port_file)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(1.0) and (not said.parent or _lives(said.parent)):
        pass
    house.close()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
