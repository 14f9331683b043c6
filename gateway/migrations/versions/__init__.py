"""Schema changes of the gateway's database, one file each, applied in order at start-up."""
