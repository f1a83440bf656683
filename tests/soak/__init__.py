"""The dashboard for an hour in bad weather, with somebody at the keyboard who presses anything."""
