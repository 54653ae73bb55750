"""The REST API of the studio: requests checked, services called, answers shaped. No rule of the domain lives here."""
