"""Finding the states of a board in a video."""
