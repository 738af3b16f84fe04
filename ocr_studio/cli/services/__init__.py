"""Commands that run until they are stopped, and answer other programs."""
