"""Servers that are asked over the network: their addresses, and what of them nobody is to see."""
