"""The action server: one file per skill. Actions are adapters: rules of time and identity live in scheduling/."""
