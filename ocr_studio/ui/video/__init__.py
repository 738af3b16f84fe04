"""Finds the states of the board in videos, and shows them in the order of time."""
