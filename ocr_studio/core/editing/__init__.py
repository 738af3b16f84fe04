"""Changes of words and pages as values: pure functions from a page to an edit."""
