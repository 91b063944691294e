"""The rules, by what they are about; each is a function that carries its name."""
