"""Campaigns with one known thing wrong with them, for the doctor to find."""
