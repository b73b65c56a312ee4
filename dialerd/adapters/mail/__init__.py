"""A way out for e-mail: SMTP, and what comes back by IMAP and by one click."""

from dialerd.adapters.mail.route import MailRoute

__all__ = ["MailRoute"]
