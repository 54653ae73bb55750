"""The hall: settings, URLs, servers and the worker are wired here; no domain words."""
