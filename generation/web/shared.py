"""What people without an account see through a share link: one video, or one project, read only."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from assets.models import Audio, Video
from assets.signed import signed_url
from generation.models import Project, Scene, Share
from generation.selectors import final_video, scenes_of, selected_take
from generation.services.shares import share_behind, share_opened
from generation.services.song_facts import song_facts
from generation.web.shelf import beginning
from mvsite.accounts.audit import audit

# Whoever has the address has the film: search engines and other sites must not learn it.
_HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link leads to; a page of its own for every link that does not work (any more)."""
    share = share_behind(token)
    if share is None:
        return _page(request, "share_gone.html", {}, status=404)
    if request.method == "GET":
        share_opened(share=share)
        audit("share.opened", request=request, via=str(share.pk), about=share)
    told = _project(share.project, token) if share.project else _video(share.video, token)
    return _page(request, "share.html", {**told, "expires_at": share.expires_at})


@require_safe
def video(request: HttpRequest, token: str, video_id: str) -> HttpResponse:
    """Lead to a video of the page, its still (`?size=thumb`) or its download, by an address that lasts 15 minutes."""
    share = share_behind(token)
    found = next((row for row in _videos(share) if str(row.pk) == video_id.lower()), None) if share else None
    is_poster = "size" in request.GET
    if share is None or found is None or (is_poster and not found.poster_key):
        raise Http404
    if not is_poster:  # HEAD, too: whoever asks gets an address that plays
        audit("share.played", request=request, via=str(share.pk), about=found)
    address = signed_url(found, is_download="download" in request.GET, is_poster=is_poster)
    return HttpResponseRedirect(address, headers=_HEADERS)


def _videos(share: Share) -> list[Video]:
    """Return every video that a link shows."""
    if share.project is None:
        return [share.video] if share.video else []
    film = final_video(share.project)
    takes = [selected_take(scene) for scene in scenes_of(share.project)]
    return [*([film] if film else []), *(take.video for take in takes if take)]


def _project(project: Project, token: str) -> dict[str, Any]:
    film, song = final_video(project), project.audio
    scenes = [_scene(scene, token) for scene in scenes_of(project)]
    heading = beginning(project.title or project.idea) or gettext("Untitled video")
    return {
        "heading": heading,
        "film": _film(film, token) if film else None,
        "scenes": scenes,
        "song": _song(song) if song and song.trashed_at is None else None,
    }


def _video(video: Video | None, token: str) -> dict[str, Any]:
    if video is None:
        raise Http404
    return {"heading": video.title or gettext("A video"), "film": _film(video, token)}


def _scene(scene: Scene, token: str) -> dict[str, Any]:
    take = selected_take(scene)
    text = scene.current.description if scene.current else ""
    name = gettext("Scene %(number)s") % {"number": scene.index + 1}
    return {"name": name, "text": text, "clip": _film(take.video, token) if take else None}


def _film(video: Video, token: str) -> dict[str, Any]:
    address = f"/share/{token}/video/{video.pk}"
    return {
        "url": address,
        "poster": f"{address}?size=thumb" if video.poster_key else "",
        "download": f"{address}?download=true",
        "length": _clock(video.duration_ms),
        "width": video.width,
        "height": video.height,
    }


def _song(song: Audio) -> dict[str, Any]:
    facts = song_facts(song, None, count=0, clip_seconds=0, patient=False)
    tempo = round(facts.bpm) if facts and facts.bpm else None
    return {"title": song.title or gettext("Untitled song"), "length": _clock(song.duration_ms), "tempo": tempo}


def _clock(milliseconds: int) -> str:
    """Write a length as `0:08.0`, as the modules of the pages do."""
    tenths = round(milliseconds / 100)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def _page(request: HttpRequest, template: str, told: dict[str, Any], *, status: int = 200) -> HttpResponse:
    answer = render(request, template, told, status=status)
    for name, value in _HEADERS.items():
        answer[name] = value
    return answer
