"""Check an installation's settings and servers, and explain how to fix what is wrong."""
