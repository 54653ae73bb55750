"""Accounts over the API: who am I, tokens, invitations."""
