"""Scenes by Gemini: what is sent, what is made of every answer, and what the user is told when it fails."""

import json
import threading
from typing import Any

import pytest

from flavors.rules import Rule
from generation.ports import BadAnswer, OutcomeUnknown, SceneAnswer, SceneRequest, SongFacts, Tokens
from generation.providers.gemini.scenes import GeminiScenes
from mvsite.common.errors import ProviderError
from tests.providers_server.answers import Answer
from tests.providers_server.google import Google
from tests.providers_server.google_answers import blocked, error, retry_info, scenes_json, written

RULE = Rule("close", "At least one scene is a close-up.", "shot", "some", ("close-up",))


def request(**words: Any) -> SceneRequest:
    given: dict[str, Any] = {"prompt": "You are the director.", "idea": "A lake", "character_description": "a woman"}
    return SceneRequest(**{**given, "count": 3, "seconds_each": 8.0, "seed": 2**33 + 5, **words})


def write(**words: Any) -> SceneAnswer:
    return GeminiScenes().write(request(**words), lambda _: None, lambda _: None)


def failure(**words: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        write(**words)
    return caught.value


def asked(google: Google) -> str:
    text = google.last("generate").body["contents"][0]["parts"][0]["text"]
    assert isinstance(text, str)
    return text


def test_scenes_come_with_model_and_tokens_thoughts_counted(google: Google) -> None:
    heard: list[float] = []
    answer = GeminiScenes().write(request(), heard.append, lambda _: None)
    assert [scene.shot for scene in answer.scenes] == ["wide", "medium", "close-up"]
    assert (answer.model, answer.tokens) == ("gemini-served", Tokens(812, 143 + 655))
    assert heard == sorted(heard)
    assert heard[0] == 0.0
    assert heard[-1] == 1.0
    seen = google.last("generate")
    assert seen.path.startswith("/v1beta/models/gemini-3.8-flash:streamGenerateContent")
    assert seen.headers["x-goog-api-key"] == "AIza-stand-in-key-0123456789"
    config = seen.body["generationConfig"]
    assert (config["seed"], config["responseMimeType"]) == (5, "application/json")
    assert "temperature" not in config


def test_the_prompt_tells_rules_length_song_and_complaints(google: Google) -> None:
    song = SongFacts(64.0, 97.3, (("chorus", 16.0, 32.0),))
    write(rules=(RULE,), song=song, complaints=("No scene is a close-up.",), model="gemini-2.5-pro")
    text = asked(google)
    for part in ("You are the director.", RULE.say, "8 seconds", "97 beats", "chorus: 16 to 32", "No scene is a close"):
        assert part in text
    assert "gemini-2.5-pro" in google.last("generate").path


def test_one_scene_is_asked_for_anew(google: Google) -> None:
    answer = write(only_index=1, avoid=("The boat leaves.",))
    assert len(answer.scenes) == 1
    assert "Write scene 2 of the 3 only" in asked(google)
    assert "The boat leaves." in asked(google)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (written(scenes_json(3)[:200]), "not valid JSON"),
        (written(scenes_json(3)[:200], finish="MAX_TOKENS"), "cut off"),
        (written(scenes_json(3), finish=None), "ended before"),
        (written("", finish="MALFORMED_RESPONSE"), "ended before"),
        (written(""), "empty"),
        (written("[]"), "not an object"),
        (written(scenes_json(2)), "held 2 scenes"),
        (written(scenes_json(3).replace('"wide"', '"drone"')), '"shot" must be'),
        (written(json.dumps({"scenes": [{"description": "x"}] * 3})), '"audience" must be'),
        (Answer(body=[{"usageMetadata": {"promptTokenCount": 812}}]), "ended before"),
    ],
)
def test_a_bad_answer_says_what_is_wrong_and_its_tokens(google: Google, bad: Answer, said: str) -> None:
    google.faults["generate"].append(bad)
    with pytest.raises(BadAnswer) as caught:
        write()
    assert (caught.value.error.code, google.count("generate")) == ("provider:answer:bad", 1)
    assert said in caught.value.complaint
    assert said in caught.value.error.detail
    assert caught.value.tokens is not None
    assert caught.value.tokens.sent == 812


@pytest.mark.parametrize(
    ("bad", "sent"),
    [
        (blocked("PROHIBITED_CONTENT"), 8),
        (blocked("OTHER"), 8),
        (Answer(body=[{"promptFeedback": {"blockReason": "SAFETY"}}]), 0),
        (written("", finish="SAFETY"), 812),
        (written("", finish="SPII"), 812),
    ],
)
def test_what_is_blocked_is_a_refusal_that_costs_what_google_counts(google: Google, bad: Answer, sent: int) -> None:
    google.faults["generate"].append(bad)
    with pytest.raises(BadAnswer) as caught:
        write()
    assert (caught.value.error.code, caught.value.complaint) == ("provider:call:refused", "")
    assert caught.value.tokens is not None
    assert (caught.value.tokens.sent, google.count("generate")) == (sent, 1)


QUOTA = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": "RequestsPerDay-Free"}]}
BAD_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}


@pytest.mark.parametrize(
    ("answer", "code", "transient", "after"),
    [
        (error(400, "INVALID_ARGUMENT", "API key not valid.", BAD_KEY), "provider:call:auth", False, None),
        (error(400, "INVALID_ARGUMENT", "Bad schema."), "provider:call:invalid", False, None),
        (error(403, "PERMISSION_DENIED", "No."), "provider:call:auth", False, None),
        (error(404, "NOT_FOUND", "models/x is no longer available."), "provider:call:gone", False, None),
        (error(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_info("21s")), "provider:call:busy", True, 21.0),
        (error(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_info("99999s")), "provider:call:busy", True, 120.0),
        (error(429, "RESOURCE_EXHAUSTED", "Daily.", QUOTA), "provider:call:credit", False, None),
        (error(503, "UNAVAILABLE", "The model is overloaded."), "provider:call:busy", True, None),
        (Answer(500, "<html>oops</html>"), "provider:call:failed", False, None),
    ],
)
def test_an_error_is_sent_once_and_becomes_ours(
    google: Google, answer: Answer, code: str, *, transient: bool, after: float | None
) -> None:
    google.faults["generate"].append(answer)
    wrong = failure()
    assert (wrong.code, wrong.transient, wrong.retry_after) == (code, transient, after)
    assert google.count("generate") == 1
    assert "html" not in wrong.detail


@pytest.mark.parametrize("lost", [Answer(drop=True), Answer(body=written(scenes_json(3)).body[:2], cut=True)])
def test_a_lost_answer_is_unknown_and_not_asked_again(google: Google, lost: Answer) -> None:
    google.faults["generate"].append(lost)
    with pytest.raises(OutcomeUnknown):
        write()
    assert google.count("generate") == 1


def test_no_answer_in_time_is_unknown_and_not_asked_again(google: Google, brief: None) -> None:
    let_go = threading.Event()
    google.faults["generate"].append(Answer(wait=let_go, body=[]))
    with pytest.raises(OutcomeUnknown):
        write()
    let_go.set()
    assert google.count("generate") == 1


def test_a_refused_connection_may_be_tried_again(google: Google, settings: Any) -> None:
    settings.GOOGLE_GEMINI_BASE_URL = "http://127.0.0.1:9"
    wrong = failure()
    assert (wrong.code, wrong.transient) == ("provider:call:failed", True)


def test_the_key_is_not_sent_on_to_another_host(google: Google) -> None:
    elsewhere = google.url.replace("127.0.0.1", "localhost")
    google.faults["generate"].append(Answer(307, f"{elsewhere}/v1beta/models/x:streamGenerateContent?alt=sse"))
    assert failure().code == "provider:call:auth"  # nobody signs it any more
    first, second = google.seen
    assert "x-goog-api-key" in {name.lower() for name in first.headers}
    assert second.headers["Host"].startswith("localhost")
    assert "x-goog-api-key" not in {name.lower() for name in second.headers}


def test_the_key_is_in_no_error_and_no_log(google: Google, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    google.faults["generate"].append(error(400, "INVALID_ARGUMENT", "Key AIza-stand-in-key-0123456789 is not valid."))
    wrong = failure()
    assert "AIza" not in f"{wrong} {wrong.as_dict()} {caplog.text}"


@pytest.mark.parametrize("stop_at", [0.0, 0.3])
def test_what_tick_raises_comes_through_as_it_is(google: Google, stop_at: float) -> None:
    class StopNowError(Exception):
        pass

    def stop(part: float) -> None:
        if part >= stop_at:
            raise StopNowError

    with pytest.raises(StopNowError):
        GeminiScenes().write(request(), stop, lambda _: None)
