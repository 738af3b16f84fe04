"""What a command is: text, keys, conditions."""
