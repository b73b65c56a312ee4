"""The imperative middle: drives the decisions of domain/ through ports.py; no SQL, HTTP or ARI JSON."""
