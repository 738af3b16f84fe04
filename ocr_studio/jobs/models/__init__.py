"""Jobs that import, export and download models."""
