"""The list of photos."""
