"""The menus: which actions there are, when they are available, and what they do."""
