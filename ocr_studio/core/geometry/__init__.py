"""Geometry of quads: corners, overlap, snapping."""
