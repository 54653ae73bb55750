"""Google's errors and streamed answers, as the vendor words them."""

import json
from typing import Any

from tests.providers_server.answers import Answer

KEY = "AIza-stand-in-key-0123456789"
SHOTS = ("wide", "medium", "close-up")
USED = {"promptTokenCount": 812, "candidatesTokenCount": 143, "thoughtsTokenCount": 655, "totalTokenCount": 1610}
QUOTA_A_DAY = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    "violations": [{"quotaId": "RequestsPerDay-Free"}],
}
BAD_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
_NAMES = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    402: ("FAILED_PRECONDITION", "Billing is not enabled for this project."),
    403: ("PERMISSION_DENIED", "The caller does not have permission."),
    404: ("NOT_FOUND", "The model is no longer available."),
    422: ("INVALID_ARGUMENT", "The request cannot be processed."),
    429: ("RESOURCE_EXHAUSTED", "Quota exceeded."),
    503: ("UNAVAILABLE", "The model is overloaded. Please try again later."),
    504: ("DEADLINE_EXCEEDED", "The deadline expired."),
}


def error(status: int, name: str, message: str, *details: dict[str, Any]) -> Answer:
    """Make an error as Google words it."""
    return Answer(status, {"error": {"code": status, "message": message, "status": name, "details": list(details)}})


def retry_info(seconds: str) -> dict[str, Any]:
    """Make the detail that says when to come back."""
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": seconds}


def trouble(what: str) -> Answer:
    """Make the error of a status; `429-bare` says nothing of when, `429-day` is a quota a day, `400-key` a bad key,
    `400-echo` repeats the key.
    """
    status, _, more = what.partition("-")
    number = int(status)
    if number not in _NAMES:
        return Answer(number, "<html><h1>Server error</h1></html>")
    details = {"429": [retry_info("7s")], "429-day": [QUOTA_A_DAY], "400-key": [BAD_KEY]}.get(what, [])
    name, message = _NAMES[number]
    said = {"key": "API key not valid.", "echo": f"The key {KEY} was refused."}
    return error(number, name, said.get(more, message), *details)


def written(text: str, *, finish: str | None = "STOP", parts: int = 4, model: str = "gemini-served") -> Answer:
    """Make a streamed answer of `text` in pieces; the last one holds the reason and the tokens."""
    step = max(1, -(-len(text) // parts))
    pieces = [text[at : at + step] for at in range(0, len(text), step)] or [""]
    chunks: list[dict[str, Any]] = [
        {"candidates": [{"content": {"role": "model", "parts": [{"text": piece}]}, "index": 0}]} for piece in pieces
    ]
    if finish:
        chunks[-1]["candidates"][0]["finishReason"] = finish
    for chunk in chunks:
        chunk.update(modelVersion=model, responseId="r1", usageMetadata={"promptTokenCount": 812})
    chunks[-1]["usageMetadata"] = USED
    return Answer(body=chunks)


def whole(answer: Answer) -> Answer:
    """Put a streamed answer into one piece, as `generateContent` gives it."""
    if not isinstance(answer.body, list) or not answer.body:
        return answer
    last = answer.body[-1]
    for candidate in last.get("candidates", []):
        texts = [part["text"] for piece in answer.body for part in piece["candidates"][0]["content"]["parts"]]
        candidate["content"]["parts"] = [{"text": "".join(texts)}]
    return Answer(answer.status, last, drop=answer.drop)


def blocked(reason: str) -> Answer:
    """Make the answer to a prompt that is not taken."""
    return Answer(body=[{"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 8}}])


def scenes_json(count: int) -> str:
    """Write scenes that follow the default flavor's rules."""
    scenes = [
        {
            "description": f"{SHOTS[n % 3]} shot, locked camera. A woman in red rows boat {n + 1} over the lake.",
            "negative_description": f"text, watermark, second boat {n + 1}",
            "shot": SHOTS[n % 3],
            "place": f"lake shore {n + 1}",
            "audience": False,
        }
        for n in range(count)
    ]
    return json.dumps({"scenes": scenes})


def spoiled_words(what: str, count: int) -> Answer | None:
    """Make what `write-…` says of an answer in words: `blocked`, `safety`, `truncated`, `empty`, `few`."""
    text = scenes_json(count)
    return {
        "blocked": blocked("PROHIBITED_CONTENT"),
        "safety": written("", finish="SAFETY"),
        "truncated": written(text[: len(text) // 2], finish="MAX_TOKENS"),
        "empty": written(""),
        "few": written(scenes_json(max(0, count - 1))),
    }.get(what)
