"""The built-in provider: no key, no network; pictures, clips and scenes made on this machine, always the same."""
