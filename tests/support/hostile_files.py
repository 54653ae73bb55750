"""Files that only claim to be media, and media made to hurt whoever opens them: names to bytes."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

SECRET = b"canary-bytes-of-another-user"


def disguises(secret: Path, port: int) -> Iterator[tuple[str, bytes]]:
    """Yield playlists and documents that name another user's file or an address, ready to be called a song."""
    web = f"http://127.0.0.1:{port}/inside"
    targets = [secret.as_uri(), str(secret), "../../../../etc/passwd", web, f"concat:{secret}|{secret}"]
    targets += [
        f"subfile,,start,0,end,0,,:{secret}",
        f"crypto:{secret}",
        f"data:text/plain,{web}",
        f"tcp://127.0.0.1:{port}",
    ]
    for number, target in enumerate(targets):
        yield f"hls-{number}", f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n".encode()
        yield f"hls-master-{number}", f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{target}\n".encode()
        yield f"ffconcat-{number}", f"ffconcat version 1.0\nfile '{target}'\n".encode()
        yield f"dash-{number}", f'<?xml version="1.0"?><MPD><BaseURL>{target}</BaseURL></MPD>'.encode()
        yield f"svg-{number}", f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{target}"/></svg>'.encode()
        yield f"xxe-{number}", f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "{target}">]><a>&b;</a>'.encode()
    yield "hls-bom", b"\xef\xbb\xbf#EXTM3U\n#EXTINF:1,\n" + web.encode()
    yield "hls-key", f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{web}"\n#EXTINF:1,\n{secret.as_uri()}\n'.encode()
    yield "sdp", f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\n".encode()
    yield "asx", f'<asx version="3"><entry><ref href="{web}"/></entry></asx>'.encode()
    yield "pls", f"[playlist]\nFile1={web}\n".encode()
    yield "html", f"<html><script src='{web}'></script></html>".encode()
    yield "eps", b"%!PS-Adobe-3.0 EPSF-3.0\n(" + str(secret).encode() + b") run\n"
    yield "pdf", b"%PDF-1.7\n1 0 obj << /URI (" + web.encode() + b") >>"
    yield "imagemagick", f"push graphic-context\nfill 'url({web})'\npop graphic-context".encode()
    yield "avi", b"RIFF" + struct.pack("<I", 100) + b"AVI LIST" + bytes(100)
    yield "gif", b"GIF89a" + bytes(50)
    yield "heic", struct.pack(">I", 24) + b"ftypheic" + bytes(16)
    yield "matroska", b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska" + bytes(50)
    yield "id3-then-hls", b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + f"#EXTM3U\n#EXTINF:1,\n{secret.as_uri()}\n".encode()
    yield "wav-then-hls", b"RIFF\xff\xff\xff\xffWAVE" + f"#EXTM3U\n#EXTINF:1,\n{secret.as_uri()}\n".encode()
    yield "ftyp-then-hls", b"\0\0\0\x10ftypisom\0\0\0\0" + f"#EXTM3U\n#EXTINF:1,\n{web}\n".encode()
    yield "flac-then-concat", b"fLaC" + f"ffconcat version 1.0\nfile '{secret}'\n".encode()
    yield "ogg-then-concat", b"OggS" + f"ffconcat version 1.0\nfile '{secret}'\n".encode()
    yield "zip", _zip_of_zeros()
    yield "gzip", zlib.compress(bytes(10_000_000))
    yield "elf", b"\x7fELF" + bytes(100)
    yield "nothing", b""
    yield "one-byte", b"\xff"
    yield "zeros", bytes(100_000)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Yield small files that unpack to gigabytes, hours, thousands of channels or endless tables."""
    yield "png-13000", png(13_000, 13_000)
    yield "png-65535", png(65_535, 65_535, rows=2)
    yield "png-negative", png(2**31 - 1, 2**31 - 1, rows=1)
    yield "png-text", png(8, 8, extra=_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)))
    yield "png-profile", png(8, 8, extra=_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(200_000_000), 9)))
    yield (
        "jpeg-65500",
        b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", 65_500, 65_500) + b"\x03\x01\x22\0\x02\x11\1\x03\x11\1",
    )
    yield "webp-16383", b"RIFF\x30\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xfe\x3f\0\xfe\x3f\0" + bytes(20)
    yield "wav-65535-channels", wav(channels=65_535, rate=48_000)
    yield "wav-4-ghz", wav(channels=2, rate=2**32 - 1)
    yield "wav-no-rate", wav(channels=2, rate=0)
    yield "wav-says-4-gb", wav(channels=2, rate=48_000, says=2**32 - 1)
    yield "flac-ten-hours", flac_silence(hours=10)
    yield "flac-says-forever", flac_silence(hours=0, says=2**36 - 1)
    yield "mp4-deep", _deep_boxes(20_000)
    yield "mp4-huge-box", b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\1moov" + b"\x7f" + b"\xff" * 7
    yield "mp4-empty-box", b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\0moov"
    yield (
        "webm-endless",
        b"\x1a\x45\xdf\xa3\x8b\x42\x82\x84webm" + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" * 2000,
    )
    yield "mp3-tag-of-256-mb", b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(1000)


def png(width: int, height: int, *, rows: int | None = None, extra: bytes = b"") -> bytes:
    """Write a black 1-bit PNG; with `rows` fewer rows than it says."""
    line = b"\0" + bytes((min(width, 70_000) + 7) // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(line) for _ in range(rows or height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + extra + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def wav(*, channels: int, rate: int, says: int | None = None) -> bytes:
    """Write a WAV header of these numbers before a little silence."""
    frame = channels * 2
    fmt = struct.pack("<HHIIHH", 1, channels, rate, rate * frame % 2**32, frame % 65_536, 16)
    body = bytes(4096)
    size = len(body) if says is None else says
    return (
        b"RIFF"
        + struct.pack("<I", (size + 36) % 2**32)
        + b"WAVEfmt \x10\0\0\0"
        + fmt
        + b"data"
        + struct.pack("<I", size)
        + body
    )


def flac_silence(*, hours: float, says: int | None = None) -> bytes:
    """Write hours of silence at 8 kHz in a few kilobytes: one constant subframe for 65,535 samples."""
    block, rate = 65_535, 8_000
    samples = round(hours * 3600 * rate)
    packed = (rate << 44) | (0 << 41) | (15 << 36) | ((samples if says is None else says) & 0xFFFFFFFFF)
    info = struct.pack(">HH", block, block) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    frames = b"".join(_flac_frame(number, block) for number in range(samples // block))
    return b"fLaC" + b"\x80\0\0\x22" + info + (frames or _flac_frame(0, block))


def _flac_frame(number: int, block: int) -> bytes:
    head = b"\xff\xf8\x74\x08" + _utf8(number) + struct.pack(">H", block - 1)
    head += bytes([_crc(head, 8, 0x07)])
    whole = head + b"\x00\x00\x00"
    return whole + struct.pack(">H", _crc(whole, 16, 0x8005))


def _utf8(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass")


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    crc, top, mask = 0, 1 << (bits - 1), (1 << bits) - 1
    for byte in data:
        crc ^= byte << (bits - 8)
        for _ in range(8):
            crc = ((crc << 1) ^ polynomial if crc & top else crc << 1) & mask
    return crc


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _deep_boxes(depth: int) -> bytes:
    boxes = b"".join(struct.pack(">I4s", 8 * (depth - level), b"moov") for level in range(depth))
    return b"\0\0\0\x10ftypisom\0\0\0\0" + boxes


def _zip_of_zeros() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../evil.mp4", bytes(10_000_000))
    return out.getvalue()


def crowded_mp4(clip: bytes, *, tracks: int, samples: int) -> bytes:
    """Give an MP4 of `samples` bytes whose picture tracks, each on its own, share them as samples of one byte."""
    at = clip.index(b"stsd") - 4
    entry = clip[at : at + int.from_bytes(clip[at : at + 4], "big")]
    matrix = struct.pack(">9i", 65_536, 0, 0, 0, 65_536, 0, 0, 0, 1 << 30)
    tables = _box(
        b"stbl",
        entry,
        *(_full(kind, struct.pack(">III", 1, samples, 1)) for kind in (b"stts", b"ctts")),
        _full(b"stsc", struct.pack(">IIII", 1, 1, samples, 1)),
        _full(b"stsz", struct.pack(">II", 1, samples)),
        _full(b"stco", struct.pack(">II", 1, 40)),
    )
    place = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _box(b"url ", struct.pack(">I", 1))))
    media = _box(
        b"mdia",
        _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 24, samples, 0x55C4, 0)),
        _full(b"hdlr", struct.pack(">I4s12xxx", 0, b"vide")),
        _box(b"minf", _full(b"vmhd", bytes(8)), place, tables),
    )
    heads = (
        struct.pack(">IIIIIQHHHH", 7, 0, 0, number + 1, 0, samples, 0, 0, 0, 0) + matrix + bytes(8)
        for number in range(tracks)
    )
    film = _full(b"mvhd", struct.pack(">IIIIIH10x", 0, 0, 24, samples, 65_536, 256), matrix, bytes(24), b"\0\0\0\x63")
    index = _box(b"moov", film, *(_box(b"trak", _full(b"tkhd", head), media) for head in heads))
    return _box(b"ftyp", b"isom\0\0\2\0isom") + _box(b"mdat", bytes(samples + 100)) + index


def with_edits(film: bytes, *, edits: int, ticks: int, begin: int, keys: bool) -> bytes:
    """Give an MP4 of one track without edits that shows `ticks` from `begin` so many times; with one key frame?"""
    shown = _full(b"elst", struct.pack(">I", edits), struct.pack(">Iihh", ticks, begin, 1, 0) * edits)
    film = inside(film, (b"moov", b"trak"), _box(b"edts", shown))
    table = _full(b"stss", struct.pack(">II", 1, 1))
    return inside(film, (b"moov", b"trak", b"mdia", b"minf", b"stbl"), table) if keys else film


def inside(film: bytes, path: tuple[bytes, ...], new: bytes) -> bytes:
    """Put a box at the front of the innermost of boxes that stand in each other."""
    data, at = bytearray(film), 0
    for kind in path:
        at = data.index(kind, at) - 4
        data[at : at + 4] = (int.from_bytes(data[at : at + 4], "big") + len(new)).to_bytes(4, "big")
        at += 8
    data[at:at] = new
    return bytes(data)


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _full(kind: bytes, *parts: bytes) -> bytes:
    return _box(kind, bytes(4), *parts)
