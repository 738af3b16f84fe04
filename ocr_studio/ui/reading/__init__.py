"""Reading photos: progress, reading again, comparing models, detection settings."""
