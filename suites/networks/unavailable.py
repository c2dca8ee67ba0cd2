"""What a machine lacks → the exception that says so."""


class Unavailable(Exception):
    """A device, a library or a compiler is missing: no fault of the case. A harness that looks for the attribute need
    not know the class."""

    unavailable = True
