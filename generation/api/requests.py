"""What the calls that start long work take: shapes and limits, field by field (SPEC, "Calls")."""

from typing import Any

from rest_framework import serializers

from generation.api.fields import (
    DeprecatedText,
    an_id,
    choice,
    loose_id,
    number,
    seed,
    usd,
    whole,
    words,
    yes_no,
)
from generation.choices import FailOver
from mvsite.common.bodies import RequestSerializer, readable
from mvsite.common.text import is_keepable

SCENE_COUNT = (1, 60)
LONGEST_URL = 2048
_LONGEST_PICTURE = 14_000_000  # base64 characters, about 10 MB of picture
ASPECTS = ("16:9", "9:16", "1:1", "4:3", "3:4")
FILM_ASPECTS = (*ASPECTS, "4:5")
_SIZES = ("720p", "1080p")
_BACKENDS = ("replicate", "gemini", "sample")


def fail_over() -> serializers.ChoiceField:
    """Build the field that says who may step in when a provider cannot take the order."""
    return serializers.ChoiceField(choices=FailOver.choices, required=False, allow_null=True)


class ScenesRequestSerializer(RequestSerializer):
    """Body of `create_scenes`; members that are no field here are parameters of the flavor.

    `idea` and `character_description` may be left out when `project_id` names a project that has them.
    """

    idea = words()
    character_description = words()
    number_of_scenes = whole(*SCENE_COUNT)
    audio_id = an_id()
    config_flavor = words(longest=64)
    project_id = an_id()
    seed = seed()
    confirm_cost_usd = usd()
    fail_over = fail_over()

    def takes(self, name: str) -> bool:
        """Welcome the flavor's parameters; whether the flavor has them is for the view to say."""
        return name.isidentifier() and len(name) <= 64

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Need the words unless a project brings them."""
        if attrs.get("project_id") is None:
            missing = [name for name in ("idea", "character_description") if not attrs.get(name)]
            if missing:
                raise serializers.ValidationError(
                    {name: serializers.ErrorDetail("This is needed.", code="required") for name in missing}
                )
        return attrs

    def parameters(self) -> dict[str, Any]:
        """Return the members that are no field: plain values or lists of them. Raises `ValidationError` otherwise."""
        extra = {name: value for name, value in self.initial_data.items() if name not in self.fields}
        lists = {name: value if isinstance(value, list) else [value] for name, value in extra.items()}
        bad = [name for name, values in lists.items() if not all(_is_plain(value) for value in values)]
        if bad:
            sentence = "A parameter is a text of up to 2,000 characters, a number, true or false, or a list of them."
            raise serializers.ValidationError({readable(name): [sentence] for name in bad})
        return extra


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= 2000 and is_keepable(value)
    return isinstance(value, bool | int | float) and abs(value) < 1e15


class PortraitsRequestSerializer(RequestSerializer):
    """Body of `generate_character_reference`; what is left out comes from the flavor's `image_params.yaml`."""

    character_description = words(needed=True)
    num_images = whole(1, 4)
    aspect_ratio = choice(*ASPECTS)
    safety_filter_level = choice("block_low_and_above", "block_medium_and_above", "block_only_high")
    person_generation = choice("dont_allow", "allow_adult", "allow_all")
    output_format = choice("png", "jpeg", "webp")
    negative_prompt = words()
    seed = whole(0, 2**32 - 4)  # the fourth picture takes seed + 3
    backend = choice(*_BACKENDS)
    model = words(longest=100)
    fail_over = fail_over()
    config_flavor = words(longest=64)
    project_id = an_id()
    confirm_cost_usd = usd()


class ClipRequestSerializer(RequestSerializer):
    """Body of `generate_video`; `prompt` may be left out when `scene_id` names a written scene."""

    prompt = words(blank=False)
    negative_prompt = words()
    aspect_ratio = choice(*ASPECTS)
    duration = serializers.ChoiceField(choices=[4, 6, 8], required=False, allow_null=True)
    resolution = choice("360p", *_SIZES, "4k")
    generate_audio = yes_no()
    seed = seed()
    backend = choice(*_BACKENDS)
    model = words(longest=100)
    fail_over = fail_over()
    character_reference_id = loose_id()
    reference_image_url = words(longest=LONGEST_URL)
    reference_image_base64 = DeprecatedText(
        max_length=_LONGEST_PICTURE, required=False, allow_null=True, allow_blank=True
    )
    config_flavor = words(longest=64)
    scene_id = an_id()
    confirm_cost_usd = usd()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Need a prompt unless a scene brings one."""
        if not attrs.get("prompt") and attrs.get("scene_id") is None:
            raise serializers.ValidationError({"prompt": serializers.ErrorDetail("This is needed.", code="required")})
        return attrs


class LipSyncRequestSerializer(RequestSerializer):
    """Body of `lipsync`: a clip and a song, each by id or by URL (ids win), or a scene that has both."""

    video_id = an_id()
    video_url = words(longest=LONGEST_URL)
    audio_id = an_id()
    audio_url = words(longest=LONGEST_URL)
    start_time = number(0, 24 * 3600)
    end_time = number(0, 24 * 3600)
    scene_id = an_id()
    backend = choice(*_BACKENDS)
    model = words(longest=100)
    fail_over = fail_over()
    config_flavor = words(longest=64)
    confirm_cost_usd = usd()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Need a clip and a song unless a scene brings them, and a window that has a length."""
        wanted = {"video_id": "video_url", "audio_id": "audio_url"}
        if attrs.get("scene_id") and not any(attrs.get(name) for name in (*wanted, *wanted.values())):
            wanted = {}  # the scene's chosen take and its place in the project's song
        missing = [name for name, other in wanted.items() if not attrs.get(name) and not attrs.get(other)]
        if missing:
            raise serializers.ValidationError(
                {name: serializers.ErrorDetail("This is needed.", code="required") for name in missing}
            )
        end = attrs.get("end_time")
        if end is not None and end <= (attrs.get("start_time") or 0):
            raise serializers.ValidationError({"end_time": ["The lip-sync must end after it starts."]})
        return attrs


class AudioTrackSerializer(RequestSerializer):
    """One more sound in a stitch: where it starts (seconds into the video) and how loud (1.0 = as it is)."""

    audio_id = an_id(needed=True)
    start = number(0, 24 * 3600)
    volume = number(0, 4)


class StitchRequestSerializer(RequestSerializer):
    """Body of `stitch-videos`."""

    video_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200)
    audio_overlay_id = loose_id()
    suppress_video_audio = yes_no()
    video_audio_volume = number(0, 4)
    overlay_volume = number(0, 4)
    transition = choice("cut", "crossfade", "fade_black")
    transition_seconds = number(0, 5)
    overlay_fit = choice("trim", "loop")
    overlay_from = choice("start", "middle", "end")
    overlay_start_ms = whole(0, 24 * 3_600_000)
    fade_in_seconds = number(0, 30)
    fade_out_seconds = number(0, 30)
    audio_tracks = serializers.ListField(child=AudioTrackSerializer(), required=False, max_length=16)
    normalize_loudness = yes_no()
    aspect_ratio = choice(*FILM_ASPECTS)
    aspect_fit = choice("pad", "crop", "blur")
    resolution = choice(*_SIZES)
    quality = choice("high", "small")
    missing = choice("fail", "skip")
    project_id = an_id()


class TrimRequestSerializer(RequestSerializer):
    """Body of `audio/trim`: whole seconds or milliseconds, one of the two for each end."""

    audio_id = an_id(needed=True)
    start_at = whole(0, 24 * 3600)
    start_ms = whole(0, 24 * 3_600_000)
    end_at = whole(1, 24 * 3600)
    end_ms = whole(1, 24 * 3_600_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Turn both ways of naming a moment into milliseconds."""
        for name in ("start", "end"):
            seconds, exact = attrs.pop(f"{name}_at", None), attrs.get(f"{name}_ms")
            if seconds is not None and exact is not None:
                raise serializers.ValidationError({f"{name}_ms": [f"Give {name}_at or {name}_ms, not both."]})
            attrs[f"{name}_ms"] = exact if seconds is None else seconds * 1000
        attrs["start_ms"] = attrs["start_ms"] or 0
        return attrs


class DownloadRequestSerializer(RequestSerializer):
    """Body of `audio/download`."""

    url = words(needed=True, longest=LONGEST_URL)
