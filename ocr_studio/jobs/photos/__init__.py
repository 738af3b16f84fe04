"""Jobs on photos: opening, listing, thumbnails, index, cleaning, storing readings."""
