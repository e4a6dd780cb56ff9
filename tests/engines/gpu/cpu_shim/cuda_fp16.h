// What kernels.cu asks of CUDA, for a C++ compiler: found in the place of CUDA's own header.

#pragma once

#include <cmath>
#include <cstddef>

#define __global__
#define __device__
#define __launch_bounds__(threads)
// One named section, so that the shim can spoil what the block before left there.
#define __shared__ static __attribute__((section("shim_shared")))
#define __syncthreads() shim_barrier(__LINE__)

struct ShimPlace {
    unsigned x, y, z;
};

static ShimPlace threadIdx, blockIdx, blockDim, gridDim;  // of the thread that runs now

static void shim_barrier(int line);

using __half = _Float16;

inline float __half2float(__half value) { return (float)value; }
inline __half __float2half_rn(float value) { return (__half)value; }
inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }
