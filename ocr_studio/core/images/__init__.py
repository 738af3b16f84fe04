"""Photos and pictures: decoding, colours, pyramids, word crops, whiteboards made level and clean."""
