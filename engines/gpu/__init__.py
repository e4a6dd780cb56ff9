"""What an NVIDIA GPU needs: engines, kernels, device memory, the frame as one CUDA graph."""
