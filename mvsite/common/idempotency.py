"""`Idempotency-Key`: the same request sent twice happens once and is answered alike."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from mvsite.common.errors import UserError
from mvsite.common.models import IdempotencyKey

KEEP = timedelta(hours=48)
_DECENT = re.compile(r"[\x21-\x7e]{1,255}")


def fingerprint(request: Request) -> str:
    """Hash what the request asks for: method, path, `Prefer`-independent body with sorted keys, files by content."""
    digest = hashlib.sha256(f"{request.method} {request.path.rstrip('/')}\n".encode())
    fields: Any = request.data
    if request.FILES:
        fields = {key: value for key, value in fields.items() if key not in request.FILES}
    digest.update(json.dumps(fields, sort_keys=True, default=str).encode())
    for name in sorted(request.FILES):
        for upload in request.FILES.getlist(name):
            digest.update(f"\n{name}\n{upload.name}\n".encode())
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    return digest.hexdigest()


def once(request: Request, act: Callable[[], Response], *, again: Callable[[str], Response] | None = None) -> Response:
    """Run `act` once per key and owner; a repeat gets the first answer with `Idempotent-Replayed: true`.

    An answer with a secret in it must not be kept: with `again` only its `id` is, and a repeat is answered by
    `again(id)`, which tells the row as it is by then.

    `act` must do all its writing in the database transaction that is open here, so that key and job appear
    together. Errors are not kept: nothing happened, so the same key may try again.
    Raises user:idempotency:malformed, user:idempotency:mismatch.
    """
    key = request.headers.get("Idempotency-Key")
    owner_id = request.user.pk
    if key is None or owner_id is None:
        with transaction.atomic():
            return act()
    if not _DECENT.fullmatch(key):
        raise UserError("user:idempotency:malformed")
    print_ = fingerprint(request)
    kept = IdempotencyKey.objects.filter(owner_id=owner_id, key=key, created_at__gt=timezone.now() - KEEP).first()
    if kept is not None:
        return _replay(kept, print_, again)
    try:
        with transaction.atomic():
            IdempotencyKey.objects.filter(owner_id=owner_id, key=key, created_at__lte=timezone.now() - KEEP).delete()
            row = IdempotencyKey.objects.create(owner_id=owner_id, key=key, fingerprint=print_)
            response = act()
            row.status = response.status_code
            row.headers = {name: response[name] for name in ("Location",) if response.has_header(name)}
            body = json.loads(json.dumps(response.data, default=str))
            row.body = {"id": body["id"]} if again else body
            row.save(update_fields=["status", "headers", "body"])
            return response
    except IntegrityError:
        # Somebody with the same key was faster; their answer is ours. Any other conflict is not for us to hide.
        kept = IdempotencyKey.objects.filter(owner_id=owner_id, key=key).first()
        if kept is None:
            raise
        return _replay(kept, print_, again)


def is_answered(request: Request) -> bool:
    """Say whether `once` would only repeat an answer or refuse, so that a view can spare costly preparation."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _DECENT.fullmatch(key):
        return True
    recent = timezone.now() - KEEP
    return (
        key is not None
        and IdempotencyKey.objects.filter(owner_id=request.user.pk, key=key[:255], created_at__gt=recent).exists()
    )


def prune() -> int:
    """Forget keys older than 48 h; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lte=timezone.now() - KEEP).delete()[0]


def _replay(kept: IdempotencyKey, print_: str, again: Callable[[str], Response] | None) -> Response:
    if kept.fingerprint != print_:
        raise UserError("user:idempotency:mismatch")
    headers: dict[str, Any] = {**kept.headers, "Idempotent-Replayed": "true"}
    body = again(kept.body["id"]).data if again and kept.body else kept.body
    return Response(body, status=kept.status, headers=headers)
