"""Over the local network: photos from a phone, and the service for others."""
