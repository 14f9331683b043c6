"""What is run at a terminal: `python -m scripts.<name>`."""
