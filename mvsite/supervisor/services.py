"""Which processes a studio consists of, and how each is started."""

import sys
from dataclasses import dataclass

FAST_THREADS = 8
PARTS = ("web", "provider", "default", "render", "schedule")
STOP_SECONDS = 3.5  # for an orderly end of what needs no longer
SHUT_SECONDS = 1.5  # what the web server takes to close, beside the requests that it lets come to their end


@dataclass(frozen=True, slots=True)
class Service:
    """One process: the name in messages, logs and marks; its command; the address that must answer, if any.

    `stop_seconds` is how long it may take to end when it is asked to; what is left of it is then killed.
    """

    name: str
    command: tuple[str, ...]
    health: str | None = None
    stop_seconds: float = STOP_SECONDS


def _celery(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "--quiet", "-A", "mvsite.celery", *words)


def worker(name: str, *, queues: str, threads: int, prefetch: int) -> Service:
    """Describe a worker; `prefetch` is how many messages it takes at once for each of its threads."""
    words = ["worker", "-n", f"{name}@%h", "-Q", queues, "-P", "threads", "-c", str(threads)]
    words += ["--prefetch-multiplier", str(prefetch), "--loglevel", "WARNING"]
    # Workers have nothing to tell each other: jobs are rows. Each of these would only write messages.
    words += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return Service(name, _celery(*words))


def workers(render_workers: int) -> list[Service]:
    """Describe everything that works on jobs: the fast steps, and one process for each render at a time."""
    return [_fast("provider", "provider,default"), *_renders(render_workers)]


def part(name: str, *, render_workers: int) -> list[Service]:
    """Describe one part of a studio for a host that has not all of them: a queue's own workers, or the clock.

    `name` is one of `PARTS`, but for `web`, which needs an address.
    """
    if name == "schedule":
        return [schedule()]
    return _renders(render_workers) if name == "render" else [_fast(name, name)]


def _fast(name: str, queues: str) -> Service:
    return worker(name, queues=queues, threads=FAST_THREADS, prefetch=8)


def _renders(count: int) -> list[Service]:
    return [worker(f"render-{number}", queues="render", threads=1, prefetch=1) for number in range(1, count + 1)]


def schedule() -> Service:
    """Describe the clock that rings for housekeeping."""
    return Service("schedule", _celery("beat", "--loglevel", "WARNING"))


def web(host: str, port: int, *, url: str, drain_seconds: int) -> Service:
    """Describe the web server: one process, 32 requests at a time.

    When it is asked to end it takes no more of them, and those under way have `drain_seconds` to come to their end.
    """
    words = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1", "--no-ws"]
    words += ["--blocking-threads", "32", "--log-level", "warning"]
    words += ["--workers-kill-timeout", str(drain_seconds)]
    command = (sys.executable, "-m", "granian", *words, "mvsite.supervisor.web:application")
    return Service("web", command, health=f"{url}health/live", stop_seconds=drain_seconds + SHUT_SECONDS)
