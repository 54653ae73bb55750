"""Writes scenes by Gemini's streamed answers in JSON."""

import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from google.genai import types

from generation.ports import BadAnswer, SceneAnswer, SceneRequest, Show, Tick, Tokens
from generation.providers.gemini import answers, asking, client
from generation.providers.gemini.errors import Call, translated
from generation.providers.scene_prompt import wanted, whole_prompt
from mvsite.common.errors import ProviderError

DEFAULT_MODEL = "gemini-3.8-flash"
_GIVE_UP_AFTER = 180.0
"""Seconds for one answer; a whole set takes 15 to 40."""


@dataclass(slots=True)
class _Written:
    """One answer as it came in: text, why it ended, who wrote it, tokens."""

    model: str
    text: str = ""
    block_reason: str = ""
    finish_reason: str = ""
    tokens: Tokens | None = None

    def add(self, piece: types.GenerateContentResponse) -> str:
        """Take in the next piece and return its text; Google repeats the counts, the last ones hold."""
        new = ""
        self.model = piece.model_version or self.model
        if piece.prompt_feedback is not None and piece.prompt_feedback.block_reason is not None:
            self.block_reason = piece.prompt_feedback.block_reason.value
        for candidate in (piece.candidates or [])[:1]:
            parts = (candidate.content.parts if candidate.content else None) or []
            new = "".join(part.text or "" for part in parts if not part.thought)
            self.text += new
            if candidate.finish_reason is not None:
                self.finish_reason = candidate.finish_reason.value
        used = piece.usage_metadata
        if used is not None:
            before = self.tokens or Tokens()
            written = (used.candidates_token_count or 0) + (used.thoughts_token_count or 0)
            self.tokens = Tokens(used.prompt_token_count or before.sent, written or before.written)
        return new


class GeminiScenes:
    """`SceneWriter` with the Gemini API."""

    provider = "gemini"

    def write(self, request: SceneRequest, tick: Tick, show: Show) -> SceneAnswer:
        """Write the scenes; `tick` hears what part of them is there, `show` gets each when its last word has come.

        Raises BadAnswer with `provider:call:refused` for blocked content, whose prompt is billed when Google counts
        it, with `provider:answer:bad`, and with `provider:call:slow`; ProviderError and OutcomeUnknown for no answer.
        """
        written = _ask(request, tick, show)
        try:
            answers.must_not_be_stopped(written.block_reason, written.finish_reason)
            scenes = answers.scenes_in(written.text, wanted(request))
        except answers.UnusableError as wrong:
            error = ProviderError("provider:answer:bad", f"Gemini's answer could not be used. {wrong}")
            raise BadAnswer(error, complaint=str(wrong), tokens=written.tokens) from None
        except ProviderError as refusal:
            raise BadAnswer(refusal, tokens=written.tokens or Tokens()) from None
        return SceneAnswer(scenes, written.model, written.tokens)


def _ask(request: SceneRequest, tick: Tick, show: Show) -> _Written:
    count = wanted(request)
    model = request.model or DEFAULT_MODEL
    config = types.GenerateContentConfig(
        response_mime_type="application/json",
        response_json_schema=asking.schema(request),
        seed=request.seed % 2**31,
        max_output_tokens=16_384 + 600 * count,  # thinking counts too
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    written, arriving = _Written(model), answers.Arriving(count)
    give_up = time.monotonic() + _GIVE_UP_AFTER
    tick(0.0)
    with translated(Call.ASK):
        stream = client.by_key().models.generate_content_stream(
            model=model, contents=whole_prompt(request), config=config
        )
        with closing(cast("Generator[types.GenerateContentResponse]", stream)) as pieces:
            for piece in pieces:
                whole = arriving.take_in(written.add(piece))
                tick(arriving.number / count)
                if whole:
                    show(whole)
                if time.monotonic() > give_up:
                    raise BadAnswer(ProviderError("provider:call:slow", "Gemini took too long to write the scenes."))
    return written
