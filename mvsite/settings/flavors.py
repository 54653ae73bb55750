"""Where flavors of one's own are."""

from mvsite import env

MV_FLAVORS_DIR = env.folder("MV_FLAVORS_DIR", "") if env.text("MV_FLAVORS_DIR") else None
