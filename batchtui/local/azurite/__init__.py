"""Azurite, Microsoft's own storage service for one machine: pinned, installed and run."""
