"""What daemons that share their contacts have to know of one another's calls."""
