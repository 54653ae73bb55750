"""The supervisor as a person meets it: a line when the studio is ready, a line for every trouble, an orderly end."""

import signal
import sys
import threading
import time
import webbrowser
from dataclasses import dataclass
from types import FrameType

from mvsite import env
from mvsite.supervisor.plan import Plan
from mvsite.supervisor.supervisor import Supervisor, SupervisorError
from mvsite.supervisor.tended import Place

SLOW_START = 30.0  # seconds after which a person is told what is not there yet
TOLD_ABOVE = 5.0  # seconds of an end that a person is told to wait for


@dataclass(slots=True)
class Stop:
    """Whether somebody asked for the end, and how often: who asks again does not want to wait for it."""

    times: int = 0

    @property
    def asked(self) -> bool:
        """Whether it was asked for."""
        return self.times > 0

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.times += 1


def say(text: str) -> None:
    """Tell the person."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(plan: Plan) -> int:
    """Run the studio until it is told to stop; give the exit code: 0, or 1 when something could not be started."""
    # The command that made this plan has run Django's checks already.
    environment = env.for_child(MV_DATA_DIR=str(plan.data_dir), CELERY_SKIP_CHECKS="1")
    place = Place(data_dir=plan.data_dir, cwd=plan.cwd, env=environment, host_name=plan.host_name)
    studio = Supervisor(plan.services, place, tell=say)
    stop = Stop()
    stop.listen()
    try:
        studio.start()
        _until_ready(studio, stop)
        if not stop.asked:
            _announce(plan)
        studio.run(until=lambda: stop.asked)
    except SupervisorError as error:
        say(str(error))
        return 1
    finally:
        _end(plan, studio, stop)
    say("The studio has stopped.")
    return 0


def _end(plan: Plan, studio: Supervisor, stop: Stop) -> None:
    longest, times = max(service.stop_seconds for service in plan.services), stop.times
    if stop.asked and longest > TOLD_ABOVE:
        say(f"Requests under way come to their end, for at most {longest:.0f} s; Ctrl-C again ends them now.")
    studio.stop(at_once=lambda: stop.times > times)


def _until_ready(studio: Supervisor, stop: Stop) -> None:
    slow_at = time.monotonic() + SLOW_START
    studio.run(until=lambda: stop.asked or studio.ready or time.monotonic() > slow_at)
    if not studio.ready and not stop.asked:
        say(f"Still waiting for: {', '.join(studio.waiting_for)}")
        studio.run(until=lambda: stop.asked or studio.ready)


def _announce(plan: Plan) -> None:
    names = [service.name for service in plan.services]
    say(f"MV Studio is ready: {plan.url if 'web' in names else ', '.join(names)}")
    say(f"Ctrl-C stops it. Logs: {plan.data_dir / 'logs'}")
    if plan.browser and env.has_display():
        threading.Thread(target=webbrowser.open, args=(plan.url,), daemon=True).start()
