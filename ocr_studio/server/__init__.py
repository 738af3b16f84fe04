"""What answers requests over the network: reading, a page to drop photos on, and photos from a phone."""
