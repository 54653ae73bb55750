"""Pages may show pictures and films from the bucket that clients are sent to, and from nowhere else."""

from pathlib import Path

import pytest

from mvsite.settings.storage import bucket_origins
from tests.support.processes import ran

POLICY = "from mvsite.settings import CONTENT_SECURITY_POLICY as p; print(*p['DIRECTIVES'][{0!r}])"


@pytest.mark.parametrize(
    ("words", "origins"),
    [
        (("", "", ""), []),
        (("", "https://s3.example", ""), []),
        (("films", "http://127.0.0.1:9000/", ""), ["http://127.0.0.1:9000", "http://films.127.0.0.1:9000"]),
        (("films", "", ""), ["https://s3.amazonaws.com", "https://films.s3.amazonaws.com"]),
        (
            ("films", "", "eu-west-1"),
            [
                "https://s3.amazonaws.com",
                "https://films.s3.amazonaws.com",
                "https://s3.eu-west-1.amazonaws.com",
                "https://films.s3.eu-west-1.amazonaws.com",
            ],
        ),
    ],
)
def test_a_bucket_is_named_by_path_and_by_host(words: tuple[str, str, str], origins: list[str]) -> None:
    bucket, endpoint, region = words
    assert bucket_origins(bucket=bucket, endpoint=endpoint, region=region) == origins


@pytest.mark.parametrize(("serve", "added"), [("true", " http://s3.example http://films.s3.example"), ("false", "")])
def test_the_policy_of_pages_knows_the_bucket(tmp_path: Path, serve: str, added: str) -> None:
    settings = {"STORAGE_BUCKET": "films", "AWS_S3_ENDPOINT_URL": "http://s3.example", "SERVE_FROM_CLOUD": serve}
    for name, before in (("img-src", "'self' blob: data:"), ("media-src", "'self' blob:"), ("connect-src", "'self'")):
        told = ran(tmp_path, "-c", POLICY.format(name), **settings).stdout.strip()
        assert told == before + (added if name != "connect-src" else "")
