"""Jobs on photos: opening, listing, thumbnails, search index, board cleaning, and saving readings."""
