"""The networks as they are run: the same weights in ONNX Runtime or in TensorFlow."""
