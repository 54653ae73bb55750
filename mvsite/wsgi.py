"""The WSGI door that granian serves."""

import gc
import os

import django

from flavors.start import sync_at_start
from mvsite.checks import refuse_unsafe_start
from mvsite.common.charsets import StudioHandler


def _begin_to_heal() -> None:
    from generation.sweeper import start_healing  # rows can be imported only when Django has loaded its apps

    start_healing()


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mvsite.settings")
django.setup(set_prefix=False)
application = StudioHandler()
refuse_unsafe_start()
sync_at_start()
_begin_to_heal()
# What is loaded stays: to look through its 157,000 objects for garbage held one page in thirteen up for 120 ms.
gc.collect()
gc.freeze()
