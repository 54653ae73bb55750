"""The web server's application under the supervisor: as `mvsite.wsgi`, but it ends with the server that runs it."""

import os

from django.conf import settings

from mvsite import wsgi
from mvsite.common.process import die_with_parent
from mvsite.supervisor.marks import mark_ready

application = wsgi.application
# granian loads this in its worker, which would otherwise outlive a granian that is killed.
die_with_parent(os.getppid())
mark_ready(settings.MV_DATA_DIR, "web", pid=os.getppid())
