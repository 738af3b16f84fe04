"""Text from anywhere on the screen."""
