"""The menus: which commands there are, when they can be used, what they do."""
