"""The studio: from an idea to a finished video."""
