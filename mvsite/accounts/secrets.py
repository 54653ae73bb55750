"""Random secrets that people and programs carry; here only their SHA-256 is kept."""

import hashlib
import secrets


def new_secret(before: str = "") -> str:
    """Make 256 random bits as text, behind a few letters that tell what it is."""
    return before + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. It has 256 random bits, so nobody can try them all: no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
