"""Real servers for messages, each test's own: Kannel, Postfix and Dovecot from the lab's root."""
