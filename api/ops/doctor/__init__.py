"""What is wrong with an installation's settings and servers, in plain words, and what to do about it."""
