"""The door to the disk, and readers of plain data that trust no file."""
