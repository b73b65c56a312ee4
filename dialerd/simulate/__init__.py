"""The simulated exchange and the virtual clock on which the real engine runs."""
