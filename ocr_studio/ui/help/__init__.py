"""Help: palette, shortcuts, hints, about."""
