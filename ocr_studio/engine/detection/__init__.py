"""Text detection: the networks' maps, and the boxes extracted from them."""
