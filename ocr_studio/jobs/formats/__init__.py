"""Exporting photos to files for other programs."""
