"""Places that songs come from besides a person's own disk."""
