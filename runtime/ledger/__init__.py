"""Limits that many daemons share: what is said to the ledger, and what it answers."""
