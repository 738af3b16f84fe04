"""The words of a page as a list."""
