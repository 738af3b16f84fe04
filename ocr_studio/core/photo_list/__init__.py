"""The list of photos: rows, filters, thumbnails, photos that have moved."""
