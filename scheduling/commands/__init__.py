"""The commands of `python -m scheduling`, one file per noun."""
