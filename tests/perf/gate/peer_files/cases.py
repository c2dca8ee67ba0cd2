"""Three of the subject's cases: a recurrent, a convolutional and a dense network, by their levels."""

CASES = ("lstm-inference-large", "cnn-training-large", "mlp-inference-small")
