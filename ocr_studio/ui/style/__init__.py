"""Theme, colours, language and labels of the window."""
