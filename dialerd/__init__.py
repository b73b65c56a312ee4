"""dialerd: an outbound dialer daemon for Asterisk."""
