"""The edges: each module implements a port; none imports another."""
