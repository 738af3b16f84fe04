"""Photos from a phone: a page on the local network that sends them into one folder."""
