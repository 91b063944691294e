"""Redis, where daemons share what is limited: the only place that speaks to it.

Nothing here is imported unless a configuration has a `[state]`: import the
modules, not this package.
"""
