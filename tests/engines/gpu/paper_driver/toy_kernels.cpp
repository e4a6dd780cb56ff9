// Kernels for the tests of the device layers, in the shape that driver.cpp describes.

#include <cstdint>
#include <cstring>
#include <string>

#define API extern "C" __attribute__((visibility("default")))

// How each kernel's arguments lie: p a pointer, i an int, f a float.
static const char* arguments_of(const std::string& kernel) {
    if (kernel == "scale") return "ipfip";   // count, from, by, plus, to
    if (kernel == "write_down") return "pipffi";  // to, the values that came
    if (kernel == "shape") return "p";  // to: six ints, grid and block
    if (kernel == "beyond") return "pi";     // writes this many bytes behind the memory's start
    if (kernel == "fails") return "";
    return nullptr;
}

API int shim_arg_sizes(const char* kernel, int* sizes) {
    const char* kinds = arguments_of(kernel);
    if (!kinds) return -1;
    int count = 0;
    for (; kinds[count]; ++count) sizes[count] = kinds[count] == 'p' ? 8 : 4;
    return count;
}

template <typename T>
static T value(void** args, int k) {
    return *static_cast<T*>(args[k]);
}

API int shim_launch(const char* kernel, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                    unsigned bz, void** args) {
    const std::string name = kernel;
    if (name == "scale") {
        const auto *from = value<const int*>(args, 1);
        auto* to = value<int*>(args, 4);
        for (int k = 0; k < value<int>(args, 0); ++k)
            to[k] = static_cast<int>(from[k] * value<float>(args, 2)) + value<int>(args, 3);
    } else if (name == "write_down") {
        auto* to = value<unsigned char*>(args, 0);
        int at = 0;
        for (int k = 1; k < 6; ++k) {
            const int size = arguments_of(name)[k] == 'p' ? 8 : 4;
            memcpy(to + at, args[k], size);
            at += size;
        }
    } else if (name == "shape") {
        const unsigned six[6] = {gx, gy, gz, bx, by, bz};
        memcpy(value<void*>(args, 0), six, sizeof six);
    } else if (name == "beyond") {
        memset(value<unsigned char*>(args, 0), 1, value<int>(args, 1));
    } else {
        return 7;
    }
    return 0;
}
