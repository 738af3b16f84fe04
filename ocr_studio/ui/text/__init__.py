"""The text panel and tools for text."""
