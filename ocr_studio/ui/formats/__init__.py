"""Saving texts in formats of other programs: of the open photo, and of many photos at once."""
