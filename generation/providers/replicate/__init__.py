"""Replicate: portraits, clips and lip-syncs bought by prediction. The only importer of the `replicate` SDK."""
