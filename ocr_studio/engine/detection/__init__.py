"""Finding words on a photo: the networks' maps and the boxes drawn from them."""
