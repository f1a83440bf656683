"""The wire: each route reads a request, asks the rules, and renders the answer."""
