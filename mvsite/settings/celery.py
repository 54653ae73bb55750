"""The worker: Celery carries wake-ups only, so every setting here may lose a message and nothing else."""

from typing import Any

from mvsite import env
from mvsite.settings.base import MV_DATA_DIR

_BROKERS = ("redis", "rediss", "redis+socket", "sentinel", "amqp", "amqps", "pyamqp", "safefs", "memory")
CELERY_BROKER_URL = env.server("CELERY_BROKER_URL", like="redis://host:6379/0", schemes=_BROKERS) or "safefs://"
CELERY_BROKER_FOLDER = MV_DATA_DIR / "broker"
_EMBEDDED = CELERY_BROKER_URL.startswith("safefs")

CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "data_folder_in": str(CELERY_BROKER_FOLDER / "in"),
        "data_folder_out": str(CELERY_BROKER_FOLDER / "in"),
        "processed_folder": str(CELERY_BROKER_FOLDER / "taken"),
        "control_folder": str(CELERY_BROKER_FOLDER / "control"),
        "polling_interval": 0.2,
    }
    if _EMBEDDED
    else {
        # A half-open connection leaves a worker deaf for ever without socket_timeout (RELIABILITY 2).
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        # Or kombu sleeps 2 s and 4 s before a bell is given up, while somebody waits for the answer to a POST.
        "max_retries": 0,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "visibility_timeout": 3600,
        "unacked_mutex_expire": 30,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "global_keyprefix": env.text("MV_BROKER_PREFIX", "mv-"),
    }
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE = True
CELERY_TASK_ACKS_ON_TIMEOUT = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 8
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = not _EMBEDDED
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_DB_REUSE_MAX = 500
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(MV_DATA_DIR / "schedule")
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "prune": {"task": "generation.prune", "schedule": 3600.0},
}
MV_CLEANUP_HOURS = env.number("MV_CLEANUP_HOURS", 0.0)
if MV_CLEANUP_HOURS:
    CELERY_BEAT_SCHEDULE["cleanup"] = {"task": "generation.cleanup", "schedule": MV_CLEANUP_HOURS * 3600}

# How the job engine is paced. Tests shrink these; production should not.
MV_LEASE_SECONDS = env.number("MV_LEASE_SECONDS", 75.0, at_least=0.5)
MV_SWEEP_SECONDS = env.number("MV_SWEEP_SECONDS", 0.5, at_least=0.05)
MV_REDISPATCH_SECONDS = env.number("MV_REDISPATCH_SECONDS", 10.0, at_least=0.1)
MV_RECONCILE_GRACE_SECONDS = env.number("MV_RECONCILE_GRACE_SECONDS", 30.0)
MV_POLL_SECONDS = env.number("MV_POLL_SECONDS", 2.0, at_least=0.05)
MV_DEFAULT_WAIT_SECONDS = env.whole("MV_DEFAULT_WAIT_SECONDS", 0)
MV_MAX_WAITING = env.whole("MV_MAX_WAITING", 16)
MV_SPLIT_RENDER_SECONDS = env.number("MV_SPLIT_RENDER_SECONDS", 60.0)
MV_RENDER_WORKERS = env.whole("MV_RENDER_WORKERS", 2, at_least=1)
MV_DRAIN_SECONDS = env.whole("MV_DRAIN_SECONDS", 2, at_least=1, at_most=1800)
