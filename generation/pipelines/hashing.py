"""One hash for one request, so that the same thing asked twice can be recognised at a provider."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def request_hash(params: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of a job's inputs."""
    return hashlib.sha256(json.dumps(params, sort_keys=True, default=str).encode()).hexdigest()
