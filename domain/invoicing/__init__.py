"""Invoices and credit notes in series without gaps."""
