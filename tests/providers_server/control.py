"""The control door: `POST /control` scripts a running stand-in, `GET /control` says how things are.

JSON, every word may be left out: `{"faults": [{"word": "create-lost", "provider": "replicate", "times": 6, "every": 9,
"skip": 0, "match": ""}], "clear": true, "down_seconds": 30, "seconds": [1, 3] or null, "keep_seconds": 3600,
"page": 100, "strict": true}`. `clear` comes first.
"""

from typing import TYPE_CHECKING, Any

from tests.providers_server.answers import Answer, Request

if TYPE_CHECKING:
    from tests.providers_server.serving import House


def control(house: "House", request: Request) -> Answer:
    """Do what is said."""
    if request.tail != "/control":
        return Answer(404, {"detail": "POST or GET /control"})
    if request.method == "POST":
        _set_up(house, request.body)
    urls = {name: house.url(name) for name in house.ports} | {"outputs": house.replicate.outputs}
    return Answer(body={"urls": urls, **house.standin.state()})


def _set_up(house: "House", said: dict[str, Any]) -> None:
    standin = house.standin
    if said.get("clear"):
        standin.faults.clear()
    for rule in said.get("faults", []):
        standin.faults.add(**rule)
    if "seconds" in said:
        standin.seconds = None if said["seconds"] is None else (said["seconds"][0], said["seconds"][1])
    standin.keep_seconds = float(said.get("keep_seconds", standin.keep_seconds))
    house.replicate.page = int(said.get("page", house.replicate.page))
    house.replicate.strict = bool(said.get("strict", house.replicate.strict))
    if said.get("down_seconds"):
        house.down(float(said["down_seconds"]))
