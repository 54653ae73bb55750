"""Pages of `docs/` tell limits and folders as the code has them."""

import re

from generation.api.incoming import LARGEST_PICTURE_MB
from tests.support.tree import ROOT, SOURCE, python_files

API = (ROOT / "docs/api.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
IN_DATA_FOLDER = re.compile(r'data_dir\)? / "([\w.]+)"', re.IGNORECASE)


def test_an_old_front_end_is_told_which_limits_it_may_meet() -> None:
    (line,) = (line for line in API.splitlines() if "front end of the first version" in line)
    for name in ("MV_DEFAULT_WAIT_SECONDS", "MV_CORS_ALLOW_ORIGINS", "MV_MAX_WAITING", "MV_CONFIRM_ABOVE_USD"):
        assert f"`{name}" in line


def test_a_picture_by_url_is_told_to_be_smaller_than_other_files() -> None:
    told = API.split("## URLs of yours")[1].split("\n## ")[0]
    assert f"a picture at most {LARGEST_PICTURE_MB} MB" in told


def test_everything_in_the_data_folder_is_in_the_table() -> None:
    table = OPERATIONS.split("## What is in the data folder")[1].split("\n## ")[0]
    told = {name.rstrip("/*") for name in re.findall(r"`([\w.*]+/?)", table)}
    made = {name for path in python_files(*SOURCE) for name in IN_DATA_FOLDER.findall(path.read_text("utf-8"))}
    assert {"media", "limits", "studio.lock"} <= made
    assert made <= told
