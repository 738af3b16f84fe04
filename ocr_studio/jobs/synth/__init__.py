"""Jobs that generate synthetic datasets."""
