"""Known vulnerabilities of what dialerd stands on: asked for by `scripts/test audit`."""
