"""`python -m mvsite.supervisor PLAN`: what `runstudio` turns into once everything is prepared."""

import sys

from mvsite.supervisor.console import run
from mvsite.supervisor.plan import Plan

sys.exit(run(Plan.from_text(sys.argv[1])))
