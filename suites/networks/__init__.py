"""The subject: networks that read an image step by step, and networks that convolve it. Independent of the harness."""
