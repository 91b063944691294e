"""What makes one fleet of several daemons."""
