"""One file per step, each with a way back."""
