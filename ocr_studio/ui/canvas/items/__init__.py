"""The items that the photo view draws."""
