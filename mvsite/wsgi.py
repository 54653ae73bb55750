"""The WSGI door that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from flavors.start import sync_at_start
from mvsite.checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mvsite.settings")
application = get_wsgi_application()
refuse_unsafe_start()
sync_at_start()
