"""The cell benchmark."""
