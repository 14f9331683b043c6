"""The scheduling service: rules of time, availability, notice and identity; storage; an HTTP API. Knows nothing of chat."""
