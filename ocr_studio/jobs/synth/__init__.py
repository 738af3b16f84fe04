"""Jobs that draw synthetic datasets."""
