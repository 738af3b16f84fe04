"""Synthetic photos: board surfaces, cameras, backgrounds, clutter."""
