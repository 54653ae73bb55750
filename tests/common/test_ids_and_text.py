"""Ids and titles from outside are read strictly and made fit to be shown."""

from uuid import uuid4

import pytest

from mvsite.common.errors import UserError
from mvsite.common.ids import parse_id
from mvsite.common.text import clean_title, download_name, keepable, title_from_name


def test_an_id_has_one_spelling() -> None:
    some = uuid4()
    assert parse_id(str(some)) == parse_id(str(some).upper()) == parse_id(some) == some


@pytest.mark.parametrize("text", ["", "7", "upload", "{%s}", "urn:uuid:%s", "%s ", "%s\x00", "../%s"])
def test_other_spellings_are_malformed(text: str) -> None:
    with pytest.raises(UserError, match="user:request:malformed_id"):
        parse_id(text.replace("%s", str(uuid4())))
    with pytest.raises(UserError, match="user:request:malformed_id"):
        parse_id(uuid4().hex)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  two\n lines\t", "two lines"),
        ("nul\x00 and \u202ebidi\u202c", "nul and bidi"),
        ("AC/DC", "AC/DC"),
        ("e\u0301", "\u00e9"),
        ("👩\u200d🎤", "👩\u200d🎤"),
        ("x" * 500, "x" * 120),
        ("\x00\u200b", ""),
    ],
)
def test_titles_are_one_visible_line(raw: str, clean: str) -> None:
    assert clean_title(raw) == clean


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("two\n lines\t", "two\n lines\t"),
        ("nul\x00", "nul"),
        ("\udc80 half \ud83d", "\ufffd half \ufffd"),
        ("👩\u200d🎤", "👩\u200d🎤"),
    ],
)
def test_what_is_kept_has_no_character_that_a_database_refuses(raw: str, kept: str) -> None:
    assert keepable(raw) == kept


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("song.mp3", "song"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Songs\\My.Song.wav", "My.Song"),
        (".hidden", ".hidden"),
        ("", ""),
    ],
)
def test_titles_from_names_have_no_folder_and_no_extension(name: str, title: str) -> None:
    assert title_from_name(name) == title


@pytest.mark.parametrize(
    ("title", "name"),
    [("AC/DC: live?", "AC - DC - live.mp4"), ("", "file.mp4"), ("..", "file.mp4"), ("Über", "Über.mp4")],
)
def test_download_names_are_plain(title: str, name: str) -> None:
    assert download_name(title, "mp4") == name
