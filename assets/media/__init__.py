"""Pure functions on media files; no Django inside."""
