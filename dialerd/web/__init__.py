"""The HTTP edge: REST API, sign-in, live events, and the built pages. It calls use cases only."""
