"""Jobs that read photos: one photo, a folder, again, or with other settings."""
