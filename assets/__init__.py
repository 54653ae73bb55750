"""The vault: bytes and what we know about them."""
