"""Jobs of reading: one photo, a folder, again, with other settings."""
