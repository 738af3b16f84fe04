"""Whole synthetic whiteboards: what stands where, and how it is composed."""
