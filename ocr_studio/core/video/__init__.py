"""Videos of a board: frames, the camera, the board without the lecturer, its states and their times."""
