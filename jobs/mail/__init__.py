"""Mails to customers (spec AUT-2): what is written, and how it is handed to the mail server."""
