"""Makes clips with whichever of Google's two video services the model belongs to."""

from datetime import datetime
from pathlib import Path

from generation.choices import Queue
from generation.ports import CannotSay, ClipRequest, Pending, Ready, Sent, Tick
from generation.providers.gemini.omni import OmniClips
from generation.providers.gemini.veo import VeoClips


class GeminiClips:
    """`Maker[ClipRequest]`: Veo's models at the project's door, all others at the key's."""

    provider = "gemini"
    ingest_queue: str = Queue.PROVIDER.value

    def describe(self, request: ClipRequest) -> Sent:
        """Say what would be sent."""
        return _maker(request).describe(request)

    def submit(self, request: ClipRequest, tag: str) -> str:
        """Buy it once. Raises ProviderError and OutcomeUnknown."""
        return _maker(request).submit(request, tag)

    def look_up(self, request: ClipRequest, tag: str, sent_after: datetime) -> CannotSay:
        """Neither service lists what was ordered."""
        return _maker(request).look_up(request, tag, sent_after)

    def poll(self, provider_id: str, request: ClipRequest) -> Pending | Ready:
        """Ask how far it is. Raises ProviderError."""
        return _maker(request).poll(provider_id, request)

    def fetch(self, provider_id: str, request: ClipRequest, target: Path, tick: Tick) -> None:
        """Write the film to `target`. Raises ProviderError."""
        _maker(request).fetch(provider_id, request, target, tick)

    def cancel(self, provider_id: str) -> bool:
        """Stop it where that can be done; an operation's name tells Veo's."""
        return (VeoClips() if "/operations/" in provider_id else OmniClips()).cancel(provider_id)


def _maker(request: ClipRequest) -> OmniClips | VeoClips:
    return VeoClips() if request.model.startswith("veo-") else OmniClips()
