"""Rotating the open photo by any angle, and cropping it."""
