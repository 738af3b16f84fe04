"""The board panel: corners, view and saving of a rectified whiteboard."""
