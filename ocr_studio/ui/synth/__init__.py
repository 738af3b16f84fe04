"""The dialog for synthetic datasets."""
