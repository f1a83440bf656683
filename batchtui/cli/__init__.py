"""The command line: reads arguments, builds the parts and joins them."""
