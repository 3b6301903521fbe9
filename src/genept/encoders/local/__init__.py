"""Models that run on this machine: any of Hugging Face, and what it shares with MiniLM."""
