"""Options and folders of synthetic datasets."""
