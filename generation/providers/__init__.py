"""One package a vendor; this is the only place where vendors are known."""
