"""The model files of the worker's engines, which the build puts beside this module."""
