"""Whole synthetic whiteboards: layout and compositing."""
