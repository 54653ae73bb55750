"""What the tests of providers share: a sign-in at Google Cloud and a bench for the fault matrix."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_django.fixtures import Settings

from tests.providers_server.google import Google
from tests.providers_server.serving import House


@pytest.fixture(scope="session")
def private_key() -> str:
    """Give the key of a service account."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def cloud(
    house: House, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private_key: str
) -> Google:
    """Let the studio use the stand-in for Google's Enterprise platform."""
    account = {
        "type": "service_account",
        "client_email": "studio@example.test",
        "private_key": private_key,
        "token_uri": f"{house.google.url}/token",
    }
    path = tmp_path / "account.json"
    path.write_text(json.dumps(account))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    settings.MV_GOOGLE_CLOUD_PROJECT = "film-1"
    settings.GOOGLE_VERTEX_BASE_URL = house.google.url
    return house.google
