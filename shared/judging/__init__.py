"""The rules that need no picture: the worker applies them to a frame, previews to what was stored."""
