"""Django settings, one file a subject; everything comes from environment variables through `mvsite.env`."""

from mvsite.settings.base import *
from mvsite.settings.celery import *
from mvsite.settings.flavors import *
from mvsite.settings.people import *
from mvsite.settings.providers import *
from mvsite.settings.security import *
from mvsite.settings.storage import *
