"""The builders that suites name: the levels of a case → its workload, one module a question.

sequences         one layer of any cell, or a 1-D CNN, on slices of an image; equal in hidden size, parameters or flops
equals            the kinds of network, made equal to one convolutional network in what the suite says
depths            recurrent layers against convolutions, by the number of layers
implementations   one recurrent layer on every rung of the ladder
layers            one layer, recurrent or of what others have published against an LSTM
laws              one layer over more and more steps; a convolutional network over more and more pixels
convolutions      one convolution as loops and by the library
hybrids           the documents' own networks: convolution and recurrence together, and plain CNNs
layouts           one recurrent layer whose input lies in memory in several ways
"""
