"""What every room knows: the clinic's own facts (`clinic.yml`), the clock, and how settings are read."""
