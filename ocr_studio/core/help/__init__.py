"""Help pages, and titles found by a few typed characters."""
