"""Other people's weights read and written as ONNX: OpenPose's Caffe files, PyTorch checkpoints."""
