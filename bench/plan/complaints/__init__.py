"""A suite, and where everything in it stands → the complaints about it; one module per kind of offence."""
