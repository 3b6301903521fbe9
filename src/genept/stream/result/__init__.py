"""A result in the making: written chunk by chunk, kept when interrupted, moved into place when whole."""
