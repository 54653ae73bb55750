"""The pages of accounts: sign-in, one's account, invitations."""
