"""The models dialog and downloads."""
