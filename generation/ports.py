"""What the studio asks of a provider, whoever it is: requests in, a provider's id, then files out.

A maker is used in separate short steps that may run in different processes, days apart after a crash:
`submit` (buys, once), `poll` (by id), `fetch` (bytes to a file). Every argument can be rebuilt from the job's row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from flavors.rules import Rule
from mvsite.common.errors import StudioError

Tick = Callable[[float], None]
"""Called now and then with progress 0..1 during long work; raises to stop it (lease lost, canceled)."""


@dataclass(frozen=True, slots=True)
class SceneDraft:
    """One written scene; `shot` is wide, medium or close-up; `place` and `audience` are for checking the rules."""

    description: str
    negative_description: str
    shot: str
    place: str
    audience: bool


@dataclass(frozen=True, slots=True)
class SongFacts:
    """What the writer may know of the song: length in seconds, tempo in BPM, sections as (name, start, end).

    `begins` has the second at which each scene begins; empty: one scene length after the other.
    """

    seconds: float
    bpm: float | None = None
    sections: tuple[tuple[str, float, float], ...] = ()
    begins: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class SceneRequest:
    """Write `count` scenes of `seconds_each`; `prompt` is the flavor's template, filled in.

    `only_index` asks for that one scene of the `count` anew, different from `avoid`.
    `complaints` says what was wrong with the answer before, when this is the second asking.
    """

    prompt: str
    idea: str
    character_description: str
    count: int
    seconds_each: float
    seed: int
    model: str = ""
    rules: tuple[Rule, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    song: SongFacts | None = None
    only_index: int | None = None
    avoid: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a writer was sent and what it wrote, in tokens; its thoughts count as written."""

    sent: int = 0
    written: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        """Add up."""
        return Tokens(self.sent + other.sent, self.written + other.written)


@dataclass(frozen=True, slots=True)
class SceneAnswer:
    """The scenes in order (one when `only_index` was asked), the model that wrote them, the tokens if it said them."""

    scenes: tuple[SceneDraft, ...]
    model: str
    tokens: Tokens | None = None


class BadAnswer(Exception):  # noqa: N818  it says what came, the error in it what is wrong
    """An answer came, cannot be used, and is billed by its `tokens` (None: nobody said how many).

    `complaint` tells the model what was wrong; empty when asking again would not help.
    """

    def __init__(self, error: StudioError, *, complaint: str = "", tokens: Tokens | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.complaint = complaint
        self.tokens = tokens


Show = Callable[[Sequence[SceneDraft]], None]
"""Called with the scenes that are whole since the call before, in order, from the first one of this answer on.

Nothing shown is promised: the answer may still turn out to be of no use. Raises to stop it, as `Tick` does.
"""


class SceneWriter(Protocol):
    """Writes scenes."""

    provider: str

    def write(self, request: SceneRequest, tick: Tick, show: Show) -> SceneAnswer:
        """Ask once and return as many scenes as were asked for; each was shown as soon as it was written.

        Raises ProviderError when nothing was written, BadAnswer, and OutcomeUnknown when the answer was lost.
        """
        ...


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One portrait."""

    prompt: str
    description: str
    aspect_ratio: str
    seed: int
    output_format: str
    negative_prompt: str = ""
    safety_filter_level: str = ""
    person_generation: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """One clip of `seconds` at `resolution` (720p, 1080p); `reference` is a local picture of the character.

    `label` is a short id (the scene or the video) that the sample provider draws into its frame counter.
    """

    prompt: str
    seconds: int
    aspect_ratio: str
    resolution: str
    generate_audio: bool
    seed: int
    negative_prompt: str = ""
    reference: Path | None = None
    model: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class LipSyncRequest:
    """Move the mouth of `video` to `audio` (a WAV cut to the window already); the result lasts as long as the video."""

    video: Path
    audio: Path
    seconds: float
    model: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What really goes to the model: its id, the parameters sent, those it does not take, and what was forced.

    `mock_source` is set when nothing is made at all: the film that is shown instead.
    """

    model: str
    parameters_used: Mapping[str, Any]
    parameters_not_sent: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    mock_source: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """Not done yet; `progress` 0..1 when the provider says."""

    progress: float | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """Done; `fetch` may be called. `cost_usd` when the provider says what it took."""

    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The provider has it under this id."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """The provider has these of the very same request, oldest first; the first that no other purchase holds is it.

    For providers that take no tag: they can only be asked for what was ordered.
    """

    provider_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NothingThere:
    """The provider surely has nothing of this request."""


@dataclass(frozen=True, slots=True)
class CannotSay:
    """The provider cannot be asked (now, or ever when `permanent`)."""

    permanent: bool = False


Looked = Found | Candidates | NothingThere | CannotSay


class OutcomeUnknown(Exception):  # noqa: N818  not an error of anybody's: the answer was lost on its way
    """`submit` may or may not have reached the provider: look it up, never send it again blind."""


class Interrupted(Exception):  # noqa: N818  the provider's own word for it
    """The provider broke off a run, free of charge: it may be bought once more."""


R_contra = TypeVar("R_contra", contravariant=True)


class Maker(Protocol[R_contra]):
    """Makes one file of one request. Every method raises `ProviderError`; only `submit` may cost money.

    `ingest_queue` is the Celery queue for `fetch`: heavy for a provider that renders on this machine.
    """

    provider: str
    ingest_queue: str

    def describe(self, request: R_contra) -> Sent:
        """Say what would be sent."""
        ...

    def submit(self, request: R_contra, tag: str) -> str:
        """Buy it once and return the provider's id; `tag` is a UUID of this attempt. Never retries by itself."""
        ...

    def look_up(self, request: R_contra, tag: str, sent_after: datetime) -> Looked:
        """After a lost answer: is there something of this attempt at the provider? Raises nothing."""
        ...

    def poll(self, provider_id: str, request: R_contra) -> Pending | Ready:
        """Ask how far it is; a refusal or failure raises, a run that was broken off raises `Interrupted`."""
        ...

    def fetch(self, provider_id: str, request: R_contra, target: Path, tick: Tick) -> None:
        """Write the finished file to `target`."""
        ...

    def cancel(self, provider_id: str) -> bool:
        """Ask the provider to stop; True when nothing will come any more, False when `poll` must tell."""
        ...
