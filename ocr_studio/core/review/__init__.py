"""Reviewing words: which come first, what may be meant, what else is alike."""
