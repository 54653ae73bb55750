"""Who is asking: users, later tokens and invitations; no domain words."""
