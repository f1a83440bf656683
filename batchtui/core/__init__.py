"""What the program knows and may do. Imports neither Textual nor Azure nor aiohttp."""
