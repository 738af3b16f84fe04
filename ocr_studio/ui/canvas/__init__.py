"""The photo with its boxes: view, tools, gestures."""
