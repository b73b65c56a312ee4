"""What a dialer decides, as plain functions over frozen values; no I/O, clock, loop or dice."""
