"""The REST API of the vault: uploads, lists, files. Rows become answers here; what they mean is decided elsewhere."""
