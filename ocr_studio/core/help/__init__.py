"""Help pages, bug reports, and titles found by a few typed characters."""
