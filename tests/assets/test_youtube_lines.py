"""What the process of yt-dlp may print: odd lines are no order, and never an error of ours."""

import json

import pytest

from assets.sources.youtube.fetching import _Told

ODD = ["", "not json", "5", "null", "[1]", '"text"', '{"other": 1}', '{"line": 1}', '{"part": "x"}', '{"found": 3}',
       '{"file": null}', '{"failed": []}', '{"warnings": "w"}', '{"part": true}', '{"__class__": {}}']  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_line_counts_for_nothing(text: str) -> None:
    told = _Told()
    told.line(text)
    assert told == _Told()


def test_our_lines_count() -> None:
    told = _Told()
    for line in ({"part": 0.5}, {"found": {"title": "Storm"}}, {"file": "a.m4a", "warnings": ["slow"]}):
        told.line(json.dumps(line))
    assert told == _Told(0.5, {"title": "Storm"}, "a.m4a", None, ["slow"])
