"""One file a noun; verbs as keyword-only functions that return the object."""
