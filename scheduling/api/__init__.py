"""The HTTP face of scheduling: JSON over a bearer token, refusals as problem+json."""
