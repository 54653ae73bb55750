"""What kind of file the first bytes say it is; names and declared types are never believed."""

from pathlib import Path

HEAD_BYTES = 65_536

# The only demuxer that may open each kind.
DEMUXERS = {
    "png": "png_pipe",
    "jpeg": "jpeg_pipe",
    "webp": "webp_pipe",
    "mp3": "mp3",
    "m4a": "mov",
    "mp4": "mov",
    "mov": "mov",
    "aac": "aac",
    "wav": "wav",
    "flac": "flac",
    "ogg": "ogg",
    "opus": "ogg",
    "webm": "matroska",
}
IMAGE_KINDS = frozenset({"png", "jpeg", "webp"})
AUDIO_KINDS = frozenset({"mp3", "m4a", "aac", "wav", "flac", "ogg", "opus", "webm"})
VIDEO_KINDS = frozenset({"mp4", "mov", "webm"})


def sniff(path: Path) -> str | None:
    """Give `png jpeg webp mp3 m4a aac wav flac ogg opus webm mp4 mov`, or None for anything else."""
    with path.open("rb") as file:
        return sniff_bytes(file.read(HEAD_BYTES))


def sniff_bytes(head: bytes) -> str | None:
    """Do the same for the first bytes of a file; 64 bytes are enough for all but tagged MP3 and AAC."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"OggS"):
        return "opus" if b"OpusHead" in head[:64] else "ogg"
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _iso_kind(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head[:64] else None  # other Matroska is not taken
    return _mpeg_audio(head)


def _iso_kind(brand: bytes) -> str | None:
    if brand in {b"M4A ", b"M4B "}:
        return "m4a"
    if brand == b"qt  ":
        return "mov"
    if brand[:3] in {b"hei", b"hev", b"avi", b"mif", b"msf", b"cr3", b"crx"}:  # still pictures
        return None
    return "mp4"


def _mpeg_audio(head: bytes) -> str | None:
    """Tell MP3 from AAC by the frame header behind an optional ID3 tag; two frames must follow each other."""
    start = 0
    if head.startswith(b"ID3") and len(head) >= 10:
        size = head[6] & 0x7F
        for byte in head[7:10]:
            size = size << 7 | byte & 0x7F
        start = 10 + size
        if start + 4 > len(head):
            return "mp3"  # a tag with a large picture; the demuxer decides whether music follows
    frame = head[start : start + 7]
    if len(frame) < 4 or frame[0] != 0xFF:
        return None
    if frame[1] & 0xF6 == 0xF0:
        length = (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5 if len(frame) >= 7 else 0
        follows = head[start + length : start + length + 2]
        return "aac" if length >= 7 and (not follows or follows[:1] == b"\xff") else None
    layer_three = frame[1] & 0xE6 == 0xE2
    real_rates = frame[2] >> 4 not in {0, 15} and frame[2] >> 2 & 3 != 3
    return "mp3" if layer_three and real_rates else None
