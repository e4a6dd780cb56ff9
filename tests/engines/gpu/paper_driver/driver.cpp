// The paper driver: a stand-in for NVIDIA's driver (libcuda.so.1) that works on the computer's own
// memory and really does what it is asked: copies, fills, kernels, streams, events, graphs.
//
// It is stricter than a driver where that finds mistakes: fresh memory is 0xCD, bytes around each
// allocation are watched, a pointer among a kernel's arguments must lie in an allocation, and with
// PAPER_DEFERRED=1 nothing happens before somebody waits for it.
//
// Read from the environment when it is first called:
//   PAPER_KERNELS   library with the kernels, see below
//   PAPER_DEFERRED  1: streams run only when they are waited for
//   PAPER_MEMORY    bytes on the GPU (8 GiB unless told)
//   PAPER_FAIL      call:error:after[,...], as paper_fail takes them
//
// The kernels' library speaks C:
//   int shim_launch(const char* kernel, unsigned gx, unsigned gy, unsigned gz,
//                   unsigned bx, unsigned by, unsigned bz, void** args);   0 is done
//   int shim_arg_sizes(const char* kernel, int* sizes);   how many arguments, at most 32, and the
//                   bytes of each; below 0 where there is no such kernel

#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

namespace {

enum Result {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    INVALID_DEVICE = 101,
    INVALID_CONTEXT = 201,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
    ILLEGAL_ADDRESS = 700,
    CONTEXT_IS_DESTROYED = 709,
    LAUNCH_FAILED = 719,
    NOT_SUPPORTED = 801,
    CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
    CAPTURED_EVENT = 907,
    CAPTURE_WRONG_THREAD = 908,
};

struct Named {
    int code;
    const char *name, *text;
};

const Named ERRORS[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {36, "CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER", "API call is not supported in the installed CUDA driver"},
    {46, "CUDA_ERROR_DEVICE_UNAVAILABLE", "CUDA-capable device(s) is/are busy or unavailable"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {200, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {209, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"},
    {222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the provided PTX was compiled with an unsupported toolchain."},
    {400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {600, "CUDA_ERROR_NOT_READY", "device not ready"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {702, "CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"},
    {709, "CUDA_ERROR_CONTEXT_IS_DESTROYED", "context is destroyed"},
    {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {801, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "system has unsupported display driver / cuda driver combination"},
    {900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
    {901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"},
    {907, "CUDA_ERROR_CAPTURED_EVENT", "operation not permitted on an event last recorded in a capturing stream"},
    {908, "CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD", "attempt to terminate a thread-local capture sequence from another thread"},
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

// After these a GPU answers nothing else for as long as the process lives.
const std::set<int> LOST = {46, 700, 702, 719, 999};

constexpr size_t GUARD = 64;
constexpr int MAX_ARGS = 32;
constexpr unsigned char FRESH = 0xCD, WATCHED = 0xA5;

using Work = std::function<int()>;

struct Object {
    virtual ~Object() = default;
};
struct Context : Object {
    int retained = 0;
};
struct Graph : Object {
    std::vector<Work> nodes;
};
struct GraphExec : Object {
    std::vector<Work> nodes;
};
struct Stream : Object {
    std::deque<Work> waiting;
    Graph* capturing = nullptr;
    bool invalidated = false, any_thread = false;
    std::thread::id thread;
};
struct Event : Object {
    bool recorded = false, captured = false, timed = true;
    int asked = 0, passed = 0;
    double ms = 0;
    Stream* stream = nullptr;
};
struct Module : Object {};
struct Function : Object {
    std::string name;
    Module* module = nullptr;
    std::vector<int> sizes;
};

struct Block {
    size_t bytes;
    unsigned char* raw;
    bool pinned;
    Context* owner;
};

std::recursive_mutex one_call;
bool initialised = false;
int lost = 0;  // the error that every call answers from now on
long leaked = 0;
double clock_ms = 0;
size_t on_gpu = 0;
std::map<uintptr_t, Block> blocks;
std::map<Object*, std::string> objects;
std::map<std::string, long> counts, last;
long all_calls = 0;
std::map<std::string, std::pair<int, long>> faults;
Context primary;
Stream null_stream;
thread_local std::vector<Context*> current;

using Launch = int (*)(const char*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void**);
using Sizes = int (*)(const char*, int*);
Launch shim_launch = nullptr;
Sizes shim_arg_sizes = nullptr;

size_t memory_limit() {
    const char* told = getenv("PAPER_MEMORY");
    return told ? strtoull(told, nullptr, 10) : size_t{8} << 30;
}

bool deferred() {
    const char* told = getenv("PAPER_DEFERRED");
    return told && strcmp(told, "1") == 0;
}

void load_kernels_library() {
    const char* path = getenv("PAPER_KERNELS");
    if (!path || shim_launch) return;
    void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "paper driver: %s\n", dlerror());
        return;
    }
    shim_launch = reinterpret_cast<Launch>(dlsym(library, "shim_launch"));
    shim_arg_sizes = reinterpret_cast<Sizes>(dlsym(library, "shim_arg_sizes"));
    if (!shim_launch || !shim_arg_sizes)
        fprintf(stderr, "paper driver: %s lacks shim_launch or shim_arg_sizes\n", path);
}

void read_faults() {
    const char* told = getenv("PAPER_FAIL");
    std::string all = told ? told : "";
    for (size_t from = 0; from < all.size();) {
        size_t to = std::min(all.find(',', from), all.size());
        char call[128];
        int error = 0;
        long after = 0;
        if (sscanf(all.substr(from, to - from).c_str(), "%127[^:]:%d:%ld", call, &error, &after) >= 2)
            faults[call] = {error, after};
        from = to + 1;
    }
}

int lose(int code) {
    if (code != SUCCESS && lost == 0 && LOST.count(code)) lost = code;
    return code;
}

// Counts the call and says whether it fails before it does anything.
int enter(const char* call, bool needs_context, bool works_when_lost = false) {
    ++counts[call];
    last[call] = ++all_calls;
    auto fault = faults.find(call);
    if (fault != faults.end() && fault->second.second-- <= 0) {
        fault->second.second = 0;
        return lose(fault->second.first);
    }
    if (lost && !works_when_lost) return lost;
    if (!initialised && strcmp(call, "cuInit") != 0) return NOT_INITIALIZED;
    if (!needs_context) return SUCCESS;
    if (current.empty() || !current.back()) return INVALID_CONTEXT;
    return current.back()->retained > 0 ? SUCCESS : CONTEXT_IS_DESTROYED;
}

#define ENTER_AS(call, ...)                                       \
    const std::lock_guard<std::recursive_mutex> lock(one_call);   \
    if (const int refused = enter(call, __VA_ARGS__)) return refused
#define ENTER(...) ENTER_AS(__func__, __VA_ARGS__)

template <typename T>
T* born(T* object, const char* kind) {
    objects[object] = kind;
    return object;
}

template <typename T>
T* known(void* handle) {
    auto found = objects.find(static_cast<Object*>(handle));
    return found == objects.end() ? nullptr : dynamic_cast<T*>(found->first);
}

Stream* stream_of(void* handle) {
    return reinterpret_cast<uintptr_t>(handle) <= 2 ? &null_stream : known<Stream>(handle);
}

int bury(Object* object) {
    if (!object) return INVALID_HANDLE;
    objects.erase(object);
    delete object;
    return SUCCESS;
}

bool inside(const void* address, size_t bytes) {
    const auto at = reinterpret_cast<uintptr_t>(address);
    auto after = blocks.upper_bound(at);
    if (after == blocks.begin()) return false;
    const auto& [start, block] = *std::prev(after);
    return at + bytes <= start + block.bytes;
}

bool on_the_gpu(uint64_t address, size_t bytes) {
    auto after = blocks.upper_bound(address);
    if (after == blocks.begin()) return false;
    const auto& [start, block] = *std::prev(after);
    return !block.pinned && address + bytes <= start + block.bytes;
}

bool untouched(const Block& block) {
    for (size_t k = 0; k < GUARD; ++k)
        if (block.raw[k] != WATCHED || block.raw[GUARD + block.bytes + k] != WATCHED) return false;
    return true;
}

int check_guards() {
    for (const auto& [start, block] : blocks)
        if (!untouched(block)) return lose(ILLEGAL_ADDRESS);
    return SUCCESS;
}

Stream* capture_of_this_thread() {
    for (const auto& [object, kind] : objects) {
        auto* stream = dynamic_cast<Stream*>(object);
        if (stream && stream->capturing && stream->thread == std::this_thread::get_id()) return stream;
    }
    return nullptr;
}

// Allocating and waiting end a capture of the same thread, as CUDA has it.
int forbid_while_capturing() {
    Stream* stream = capture_of_this_thread();
    if (!stream) return SUCCESS;
    stream->invalidated = true;
    return CAPTURE_UNSUPPORTED;
}

int run(const Work& work) {
    clock_ms += 0.25;
    if (lost) return lost;
    return lose(work());
}

int ask(Stream* stream, Work work, bool is_a_node = true) {
    if (!stream) return INVALID_HANDLE;
    if (stream->capturing) {
        if (stream->invalidated) return CAPTURE_INVALIDATED;
        if (is_a_node) stream->capturing->nodes.push_back(std::move(work));
        return SUCCESS;
    }
    if (deferred()) {
        stream->waiting.push_back(std::move(work));
        return SUCCESS;
    }
    run(work);
    return SUCCESS;  // like a GPU, tells of a failure only where somebody waits
}

int drain(Stream* stream, const std::function<bool()>& enough = [] { return false; }) {
    while (!stream->waiting.empty() && !enough()) {
        Work work = std::move(stream->waiting.front());
        stream->waiting.pop_front();
        run(work);
    }
    if (lost) return lost;
    return check_guards();
}

int drain_all() {
    drain(&null_stream);
    std::vector<Stream*> streams;
    for (const auto& [object, kind] : objects)
        if (auto* stream = dynamic_cast<Stream*>(object)) streams.push_back(stream);
    for (Stream* stream : streams) drain(stream);
    return lost;
}

int allocate(void** out, size_t bytes, bool pinned) {
    if (const int refused = forbid_while_capturing()) return refused;
    if (bytes == 0) return INVALID_VALUE;
    if (!pinned && on_gpu + bytes > memory_limit()) return OUT_OF_MEMORY;
    auto* raw = static_cast<unsigned char*>(aligned_alloc(256, (bytes + 2 * GUARD + 255) / 256 * 256 + 256));
    if (!raw) return OUT_OF_MEMORY;
    memset(raw, WATCHED, GUARD);
    memset(raw + GUARD, FRESH, bytes);
    memset(raw + GUARD + bytes, WATCHED, GUARD);
    if (!pinned) on_gpu += bytes;
    blocks[reinterpret_cast<uintptr_t>(raw + GUARD)] = {bytes, raw, pinned, current.back()};
    *out = raw + GUARD;
    return SUCCESS;
}

int release(uintptr_t address, bool pinned) {
    auto found = blocks.find(address);
    if (found == blocks.end() || found->second.pinned != pinned) return INVALID_VALUE;
    const bool clean = untouched(found->second);
    if (!pinned) on_gpu -= found->second.bytes;
    memset(found->second.raw, 0xDD, found->second.bytes + 2 * GUARD);
    free(found->second.raw);
    blocks.erase(found);
    return clean ? SUCCESS : lose(ILLEGAL_ADDRESS);
}

int copy(void* target, const void* source, size_t bytes, Stream* stream) {
    if (!inside(target, bytes) || !inside(source, bytes)) return lose(ILLEGAL_ADDRESS);
    return ask(stream, [=] {
        if (!inside(target, bytes) || !inside(source, bytes)) return int{ILLEGAL_ADDRESS};
        memcpy(target, source, bytes);
        return int{SUCCESS};
    });
}

int copy_now(void* target, const void* source, size_t bytes, const void* gpu_side) {
    if (const int refused = forbid_while_capturing()) return refused;
    if (!inside(gpu_side, bytes)) return lose(ILLEGAL_ADDRESS);
    drain(&null_stream);
    memcpy(target, source, bytes);
    return lost;
}

void* at(uint64_t address) { return reinterpret_cast<void*>(address); }

// The arguments' values, copied as a driver copies them: later changes do not reach the kernel.
struct Values {
    alignas(8) unsigned char bytes[MAX_ARGS][8];
};

int values_of(const Function& function, void** params, void** extra, Values* out) {
    size_t offset = 0, length = 0;
    const unsigned char* buffer = nullptr;
    for (; extra && *extra; extra += 2) {
        if (extra[0] == at(1)) buffer = static_cast<const unsigned char*>(extra[1]);
        if (extra[0] == at(2)) length = *static_cast<size_t*>(extra[1]);
    }
    for (size_t k = 0; k < function.sizes.size(); ++k) {
        const size_t size = function.sizes[k];
        offset = (offset + size - 1) / size * size;
        const void* from = params ? params[k] : buffer ? buffer + offset : nullptr;
        if (!from || (!params && offset + size > length)) return INVALID_VALUE;
        memcpy(out->bytes[k], from, size);
        offset += size;
    }
    return !params && offset != length ? INVALID_VALUE : SUCCESS;
}

int run_kernel(const std::string& name, const std::vector<int>& sizes, Values values,
               const unsigned (&shape)[6]) {
    void* args[MAX_ARGS];
    for (size_t k = 0; k < sizes.size(); ++k) {
        args[k] = values.bytes[k];
        uint64_t address = 0;
        memcpy(&address, values.bytes[k], 8);
        if (sizes[k] == 8 && address && !inside(at(address), 1)) return ILLEGAL_ADDRESS;
    }
    const int code = shim_launch(name.c_str(), shape[0], shape[1], shape[2], shape[3], shape[4], shape[5], args);
    if (code != 0) fprintf(stderr, "paper driver: %s answers %d\n", name.c_str(), code);
    return code == 0 ? check_guards() : int{LAUNCH_FAILED};
}

int load_module(void** module, const void* image) {
    if (!image) return INVALID_VALUE;
    load_kernels_library();
    *module = born(new Module, "module");
    return SUCCESS;
}

}  // namespace

// ---- what tests ask of the paper itself

// `call` fails from its call number `after` on (0 is the next one); error 0 heals it.
API void paper_fail(const char* call, int error, int after) {
    const std::lock_guard<std::recursive_mutex> lock(one_call);
    faults.erase(call);
    if (error != 0) faults[call] = {error, after};
}

API long paper_calls(const char* call) {
    const std::lock_guard<std::recursive_mutex> lock(one_call);
    return counts[call];
}

// The number of the call's latest time among all calls; 0 where there was none.
API long paper_last(const char* call) {
    const std::lock_guard<std::recursive_mutex> lock(one_call);
    return last[call];
}

// How many there are of "memory", "pinned", "stream", "event", "module", "graph", "exec",
// "context", or of "all".
API long paper_live(const char* kind) {
    const std::lock_guard<std::recursive_mutex> lock(one_call);
    const std::string wanted = kind;
    const bool all = wanted == "all";
    long found = (all || wanted == "context") ? primary.retained : 0;
    for (const auto& [start, block] : blocks)
        found += all || wanted == (block.pinned ? "pinned" : "memory");
    for (const auto& [object, name] : objects)
        found += name != "function" && (all || wanted == name);
    return found;
}

// What was still there each time the last hold on the GPU was given back.
API long paper_leaked() { return leaked; }

// How many holds on contexts this thread has not given back.
API long paper_current() { return static_cast<long>(current.size()); }

// ---- the driver

API int cuInit(unsigned) {
    const std::lock_guard<std::recursive_mutex> lock(one_call);
    if (!initialised) read_faults();
    if (const int refused = enter(__func__, false)) return refused;
    initialised = true;
    return SUCCESS;
}

API int cuDriverGetVersion(int* version) {
    *version = 13000;
    return SUCCESS;
}

API int cuGetErrorName(int code, const char** name) {
    for (const Named& error : ERRORS)
        if (error.code == code) return *name = error.name, SUCCESS;
    *name = "CUDA_ERROR_NOT_ON_PAPER";
    return SUCCESS;
}

API int cuGetErrorString(int code, const char** text) {
    for (const Named& error : ERRORS)
        if (error.code == code) return *text = error.text, SUCCESS;
    *text = "an error that is not on paper";
    return SUCCESS;
}

API int cuDeviceGetCount(int* count) {
    ENTER(false);
    *count = 1;
    return SUCCESS;
}

API int cuDeviceGet(int* device, int ordinal) {
    ENTER(false);
    if (ordinal != 0) return INVALID_DEVICE;
    *device = 0;
    return SUCCESS;
}

API int cuDeviceGetName(char* name, int bytes, int) {
    ENTER(false);
    snprintf(name, bytes, "Paper GPU");
    return SUCCESS;
}

API int cuDeviceGetAttribute(int* value, int attribute, int) {
    ENTER(false);
    static const std::map<int, int> told = {{1, 1024}, {8, 49152}, {10, 32}, {16, 8}, {41, 1}, {75, 8}, {76, 6}};
    auto found = told.find(attribute);
    *value = found == told.end() ? 0 : found->second;
    return SUCCESS;
}

API int cuDeviceComputeCapability(int* major, int* minor, int) {
    ENTER(false);
    *major = 8;
    *minor = 6;
    return SUCCESS;
}

API int cuDeviceTotalMem_v2(size_t* bytes, int) {
    ENTER(false);
    *bytes = memory_limit();
    return SUCCESS;
}

API int cuDevicePrimaryCtxRetain(void** context, int) {
    ENTER(false);
    ++primary.retained;
    *context = &primary;
    return SUCCESS;
}

API int cuDevicePrimaryCtxRelease_v2(int) {
    ENTER_AS("cuDevicePrimaryCtxRelease", false, true);
    if (primary.retained == 0) return INVALID_CONTEXT;
    if (--primary.retained > 0) return lost;
    drain_all();
    leaked += paper_live("all");
    while (!blocks.empty()) release(blocks.begin()->first, blocks.begin()->second.pinned);
    for (const auto& [object, kind] : std::map<Object*, std::string>(objects)) bury(object);
    return lost;
}

API int cuCtxSetCurrent(void* context) {
    ENTER(false, true);
    if (!current.empty()) current.pop_back();
    if (context) current.push_back(static_cast<Context*>(context));
    return SUCCESS;
}

API int cuCtxGetCurrent(void** context) {
    ENTER(false, true);
    *context = current.empty() ? nullptr : current.back();
    return SUCCESS;
}

API int cuCtxPushCurrent_v2(void* context) {
    ENTER_AS("cuCtxPushCurrent", false, true);
    if (!context) return INVALID_CONTEXT;
    current.push_back(static_cast<Context*>(context));
    return SUCCESS;
}

API int cuCtxPopCurrent_v2(void** context) {
    ENTER_AS("cuCtxPopCurrent", false, true);
    if (current.empty()) return INVALID_CONTEXT;
    if (context) *context = current.back();
    current.pop_back();
    return SUCCESS;
}

API int cuCtxGetDevice(int* device) {
    ENTER(true);
    *device = 0;
    return SUCCESS;
}

API int cuCtxGetApiVersion(void*, unsigned* version) {
    ENTER(false);
    *version = 13000;
    return SUCCESS;
}

API int cuCtxSynchronize() {
    ENTER(true);
    if (const int refused = forbid_while_capturing()) return refused;
    return drain_all();
}

API int cuMemGetInfo_v2(size_t* free, size_t* total) {
    ENTER_AS("cuMemGetInfo", true);
    *total = memory_limit();
    *free = *total - on_gpu;
    return SUCCESS;
}

API int cuMemAlloc_v2(uint64_t* address, size_t bytes) {
    ENTER_AS("cuMemAlloc", true);
    return allocate(reinterpret_cast<void**>(address), bytes, false);
}

API int cuMemFree_v2(uint64_t address) {
    ENTER_AS("cuMemFree", true);
    if (const int refused = forbid_while_capturing()) return refused;
    return release(address, false);
}

API int cuMemHostAlloc(void** address, size_t bytes, unsigned) {
    ENTER(true);
    return allocate(address, bytes, true);
}

API int cuMemFreeHost(void* address) {
    ENTER(true);
    return release(reinterpret_cast<uintptr_t>(address), true);
}

API int cuMemcpyHtoDAsync_v2(uint64_t target, const void* source, size_t bytes, void* stream) {
    ENTER_AS("cuMemcpyHtoDAsync", true);
    if (!on_the_gpu(target, bytes)) return lose(ILLEGAL_ADDRESS);
    return copy(at(target), source, bytes, stream_of(stream));
}

API int cuMemcpyDtoHAsync_v2(void* target, uint64_t source, size_t bytes, void* stream) {
    ENTER_AS("cuMemcpyDtoHAsync", true);
    if (!on_the_gpu(source, bytes)) return lose(ILLEGAL_ADDRESS);
    return copy(target, at(source), bytes, stream_of(stream));
}

API int cuMemcpyDtoDAsync_v2(uint64_t target, uint64_t source, size_t bytes, void* stream) {
    ENTER_AS("cuMemcpyDtoDAsync", true);
    return copy(at(target), at(source), bytes, stream_of(stream));
}

API int cuMemcpyHtoD_v2(uint64_t target, const void* source, size_t bytes) {
    ENTER_AS("cuMemcpyHtoD", true);
    return copy_now(at(target), source, bytes, at(target));
}

API int cuMemcpyDtoH_v2(void* target, uint64_t source, size_t bytes) {
    ENTER_AS("cuMemcpyDtoH", true);
    return copy_now(target, at(source), bytes, at(source));
}

API int cuMemsetD8Async(uint64_t target, unsigned char byte, size_t bytes, void* stream) {
    ENTER(true);
    if (!on_the_gpu(target, bytes)) return lose(ILLEGAL_ADDRESS);
    return ask(stream_of(stream), [=] {
        if (!on_the_gpu(target, bytes)) return int{ILLEGAL_ADDRESS};
        memset(at(target), byte, bytes);
        return int{SUCCESS};
    });
}

API int cuStreamCreate(void** stream, unsigned) {
    ENTER(true);
    *stream = born(new Stream, "stream");
    return SUCCESS;
}

API int cuStreamDestroy_v2(void* stream) {
    ENTER_AS("cuStreamDestroy", true);
    Stream* found = known<Stream>(stream);
    if (found) drain(found);
    return bury(found);
}

API int cuStreamQuery(void* stream) {
    ENTER(true);
    Stream* found = stream_of(stream);
    if (!found) return INVALID_HANDLE;
    if (found->capturing) return forbid_while_capturing();
    return found->waiting.empty() ? check_guards() : int{NOT_READY};
}

API int cuStreamSynchronize(void* stream) {
    ENTER(true);
    if (const int refused = forbid_while_capturing()) return refused;
    Stream* found = stream_of(stream);
    return found ? drain(found) : int{INVALID_HANDLE};
}

API int cuStreamWaitEvent(void* stream, void* event, unsigned) {
    ENTER(true);
    Event* found = known<Event>(event);
    if (!found || !stream_of(stream)) return INVALID_HANDLE;
    if (found->recorded && found->stream != stream_of(stream)) drain(found->stream);
    return SUCCESS;
}

API int cuLaunchHostFunc(void* stream, void (*function)(void*), void* data) {
    ENTER(true);
    return ask(stream_of(stream), [=] {
        function(data);
        return int{SUCCESS};
    });
}

API int cuEventCreate(void** event, unsigned flags) {
    ENTER(true);
    auto* made = born(new Event, "event");
    made->timed = !(flags & 2);
    *event = made;
    return SUCCESS;
}

API int cuEventDestroy_v2(void* event) {
    ENTER_AS("cuEventDestroy", true);
    drain_all();
    return bury(known<Event>(event));
}

API int cuEventRecord(void* event, void* stream) {
    ENTER(true);
    Event* found = known<Event>(event);
    Stream* on = stream_of(stream);
    if (!found || !on) return INVALID_HANDLE;
    found->recorded = true;
    found->stream = on;
    found->captured = on->capturing != nullptr;
    const int number = ++found->asked;
    return ask(on, [=] {
        found->passed = number;
        found->ms = clock_ms;
        return int{SUCCESS};
    }, false);
}

API int cuEventQuery(void* event) {
    ENTER(true);
    Event* found = known<Event>(event);
    if (!found) return INVALID_HANDLE;
    if (found->captured) return CAPTURED_EVENT;
    return found->passed == found->asked ? SUCCESS : NOT_READY;
}

API int cuEventSynchronize(void* event) {
    ENTER(true);
    Event* found = known<Event>(event);
    if (!found) return INVALID_HANDLE;
    if (found->captured) return CAPTURED_EVENT;
    if (const int refused = forbid_while_capturing()) return refused;
    if (!found->recorded) return SUCCESS;
    return drain(found->stream, [=] { return found->passed == found->asked; });
}

API int cuEventElapsedTime_v2(float* ms, void* earlier, void* later) {
    ENTER_AS("cuEventElapsedTime", true);
    Event *from = known<Event>(earlier), *to = known<Event>(later);
    if (!from || !to || !from->recorded || !to->recorded || !from->timed || !to->timed)
        return INVALID_HANDLE;
    if (from->passed != from->asked || to->passed != to->asked) return NOT_READY;
    *ms = static_cast<float>(to->ms - from->ms);
    return SUCCESS;
}

API int cuEventElapsedTime(float* ms, void* earlier, void* later) {
    return cuEventElapsedTime_v2(ms, earlier, later);
}

API int cuModuleLoadData(void** module, const void* image) {
    ENTER(true);
    return load_module(module, image);
}

API int cuModuleLoadDataEx(void** module, const void* image, unsigned count, int* options, void** values) {
    const std::lock_guard<std::recursive_mutex> lock(one_call);
    for (unsigned k = 0; k < count; ++k) {  // 3 and 5 are the logs, 4 and 6 their lengths
        if (options[k] == 3 || options[k] == 5) *static_cast<char*>(values[k]) = 0;
        if (options[k] == 4 || options[k] == 6) values[k] = nullptr;
    }
    if (const int refused = enter("cuModuleLoadData", true)) return refused;
    return load_module(module, image);
}

API int cuModuleUnload(void* module) {
    ENTER(true);
    Module* found = known<Module>(module);
    if (!found) return INVALID_HANDLE;
    drain_all();
    for (const auto& [object, kind] : std::map<Object*, std::string>(objects)) {
        auto* function = dynamic_cast<Function*>(object);
        if (function && function->module == found) bury(function);
    }
    return bury(found);
}

API int cuModuleGetFunction(void** function, void* module, const char* name) {
    ENTER(true);
    Module* found = known<Module>(module);
    if (!found) return INVALID_HANDLE;
    int sizes[MAX_ARGS];
    const int count = shim_arg_sizes ? shim_arg_sizes(name, sizes) : -1;
    if (count < 0 || count > MAX_ARGS) return NOT_FOUND;
    auto* made = born(new Function, "function");
    made->name = name;
    made->module = found;
    made->sizes.assign(sizes, sizes + count);
    *function = made;
    return SUCCESS;
}

API int cuFuncSetBlockShape(void* function, int, int, int) {
    ENTER(true);
    return known<Function>(function) ? SUCCESS : INVALID_HANDLE;
}

API int cuFuncGetAttribute(int* value, int, void* function) {
    ENTER(true);
    *value = 0;
    return known<Function>(function) ? SUCCESS : INVALID_HANDLE;
}

API int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                       unsigned bz, unsigned, void* stream, void** params, void** extra) {
    ENTER(true);
    Function* found = known<Function>(function);
    if (!found) return INVALID_HANDLE;
    const uint64_t threads = uint64_t{bx} * by * bz;
    if (!gx || !gy || !gz || gy > 65535 || gz > 65535 || !threads || threads > 1024) return INVALID_VALUE;
    Values values = {};
    if (const int refused = values_of(*found, params, extra, &values)) return refused;
    return ask(stream_of(stream), [=, name = found->name, sizes = found->sizes] {
        const unsigned shape[6] = {gx, gy, gz, bx, by, bz};
        return run_kernel(name, sizes, values, shape);
    });
}

API int cuStreamBeginCapture_v2(void* stream, int mode) {
    ENTER_AS("cuStreamBeginCapture", true);
    Stream* found = known<Stream>(stream);
    if (!found) return INVALID_HANDLE;
    if (found->capturing) return INVALID_VALUE;
    found->capturing = born(new Graph, "graph");
    found->invalidated = false;
    found->any_thread = mode == 2;
    found->thread = std::this_thread::get_id();
    return SUCCESS;
}

API int cuStreamEndCapture(void* stream, void** graph) {
    ENTER(true);
    Stream* found = known<Stream>(stream);
    *graph = nullptr;
    if (!found || !found->capturing) return INVALID_VALUE;
    if (!found->any_thread && found->thread != std::this_thread::get_id()) return CAPTURE_WRONG_THREAD;
    Graph* made = found->capturing;
    found->capturing = nullptr;
    if (found->invalidated) return bury(made), CAPTURE_INVALIDATED;
    *graph = made;
    return SUCCESS;
}

API int cuStreamIsCapturing(void* stream, int* status) {
    ENTER(true);
    Stream* found = stream_of(stream);
    if (!found) return INVALID_HANDLE;
    *status = !found->capturing ? 0 : found->invalidated ? 2 : 1;
    return SUCCESS;
}

API int cuGraphGetNodes(void* graph, void** nodes, size_t* count) {
    ENTER(true);
    Graph* found = known<Graph>(graph);
    if (!found) return INVALID_HANDLE;
    for (size_t k = 0; nodes && k < *count; ++k)
        nodes[k] = k < found->nodes.size() ? &found->nodes[k] : nullptr;
    *count = found->nodes.size();
    return SUCCESS;
}

API int cuGraphInstantiateWithFlags(void** exec, void* graph, unsigned long long) {
    ENTER_AS("cuGraphInstantiate", true);
    Graph* found = known<Graph>(graph);
    if (!found) return INVALID_HANDLE;
    auto* made = born(new GraphExec, "exec");
    made->nodes = found->nodes;
    *exec = made;
    return SUCCESS;
}

API int cuGraphLaunch(void* exec, void* stream) {
    ENTER(true);
    GraphExec* found = known<GraphExec>(exec);
    if (!found) return INVALID_HANDLE;
    return ask(stream_of(stream), [=] {
        for (const Work& node : found->nodes)
            if (const int failed = run(node)) return failed;
        return int{SUCCESS};
    });
}

API int cuGraphDestroy(void* graph) {
    ENTER(true);
    return bury(known<Graph>(graph));
}

API int cuGraphExecDestroy(void* exec) {
    ENTER(true);
    drain_all();
    return bury(known<GraphExec>(exec));
}

API int cuGetProcAddress_v2(const char* symbol, void** address, int, uint64_t, int* status) {
    static void* const self = [] {
        Dl_info told;
        dladdr(reinterpret_cast<void*>(&cuInit), &told);
        return dlopen(told.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    }();
    std::string name = symbol;
    if (name == "cuGraphInstantiate") name = "cuGraphInstantiateWithFlags";
    if (name == "cuGetProcAddress") name = "cuGetProcAddress_v2";
    *address = nullptr;
    for (const char* version : {"_v2", "_v3", "_v4", ""})
        if (!*address) *address = dlsym(self, (name + version).c_str());
    if (status) *status = *address ? 0 : 1;
    return *address ? SUCCESS : NOT_FOUND;
}

// What pycuda is linked against and the game never asks for.
#define NOT_ON_PAPER(call) \
    API int call() { return NOT_SUPPORTED; }
NOT_ON_PAPER(cuArray3DCreate_v2) NOT_ON_PAPER(cuArray3DGetDescriptor_v2) NOT_ON_PAPER(cuArrayCreate_v2)
NOT_ON_PAPER(cuArrayDestroy) NOT_ON_PAPER(cuArrayGetDescriptor_v2) NOT_ON_PAPER(cuCtxAttach)
NOT_ON_PAPER(cuCtxCreate_v4) NOT_ON_PAPER(cuCtxDetach) NOT_ON_PAPER(cuCtxDisablePeerAccess)
NOT_ON_PAPER(cuCtxEnablePeerAccess) NOT_ON_PAPER(cuCtxGetCacheConfig) NOT_ON_PAPER(cuCtxGetLimit)
NOT_ON_PAPER(cuCtxGetSharedMemConfig) NOT_ON_PAPER(cuCtxSetCacheConfig) NOT_ON_PAPER(cuCtxSetLimit)
NOT_ON_PAPER(cuCtxSetSharedMemConfig) NOT_ON_PAPER(cuDeviceCanAccessPeer) NOT_ON_PAPER(cuDeviceGetByPCIBusId)
NOT_ON_PAPER(cuDeviceGetPCIBusId) NOT_ON_PAPER(cuFuncSetAttribute) NOT_ON_PAPER(cuFuncSetCacheConfig)
NOT_ON_PAPER(cuFuncSetSharedSize) NOT_ON_PAPER(cuIpcCloseMemHandle) NOT_ON_PAPER(cuIpcGetEventHandle)
NOT_ON_PAPER(cuIpcGetMemHandle) NOT_ON_PAPER(cuIpcOpenEventHandle) NOT_ON_PAPER(cuIpcOpenMemHandle_v2)
NOT_ON_PAPER(cuLaunch) NOT_ON_PAPER(cuLaunchGrid) NOT_ON_PAPER(cuLaunchGridAsync)
NOT_ON_PAPER(cuLinkAddData_v2) NOT_ON_PAPER(cuLinkAddFile_v2) NOT_ON_PAPER(cuLinkComplete)
NOT_ON_PAPER(cuLinkCreate_v2) NOT_ON_PAPER(cuLinkDestroy) NOT_ON_PAPER(cuMemAllocManaged)
NOT_ON_PAPER(cuMemAllocPitch_v2) NOT_ON_PAPER(cuMemGetAddressRange_v2) NOT_ON_PAPER(cuMemHostGetDevicePointer_v2)
NOT_ON_PAPER(cuMemHostGetFlags) NOT_ON_PAPER(cuMemHostRegister_v2) NOT_ON_PAPER(cuMemHostUnregister)
NOT_ON_PAPER(cuMemcpy2DAsync_v2) NOT_ON_PAPER(cuMemcpy2DUnaligned_v2) NOT_ON_PAPER(cuMemcpy2D_v2)
NOT_ON_PAPER(cuMemcpy3DAsync_v2) NOT_ON_PAPER(cuMemcpy3DPeer) NOT_ON_PAPER(cuMemcpy3DPeerAsync)
NOT_ON_PAPER(cuMemcpy3D_v2) NOT_ON_PAPER(cuMemcpyAtoA_v2) NOT_ON_PAPER(cuMemcpyAtoD_v2)
NOT_ON_PAPER(cuMemcpyAtoH_v2) NOT_ON_PAPER(cuMemcpyDtoA_v2) NOT_ON_PAPER(cuMemcpyDtoD_v2)
NOT_ON_PAPER(cuMemcpyHtoA_v2) NOT_ON_PAPER(cuMemcpyPeer) NOT_ON_PAPER(cuMemcpyPeerAsync)
NOT_ON_PAPER(cuMemsetD16Async) NOT_ON_PAPER(cuMemsetD16_v2) NOT_ON_PAPER(cuMemsetD2D16Async)
NOT_ON_PAPER(cuMemsetD2D16_v2) NOT_ON_PAPER(cuMemsetD2D32Async) NOT_ON_PAPER(cuMemsetD2D32_v2)
NOT_ON_PAPER(cuMemsetD2D8Async) NOT_ON_PAPER(cuMemsetD2D8_v2) NOT_ON_PAPER(cuMemsetD32Async)
NOT_ON_PAPER(cuMemsetD32_v2) NOT_ON_PAPER(cuMemsetD8_v2) NOT_ON_PAPER(cuModuleGetGlobal_v2)
NOT_ON_PAPER(cuModuleGetSurfRef) NOT_ON_PAPER(cuModuleGetTexRef) NOT_ON_PAPER(cuModuleLoad)
NOT_ON_PAPER(cuParamSetSize) NOT_ON_PAPER(cuParamSetTexRef) NOT_ON_PAPER(cuParamSetf)
NOT_ON_PAPER(cuParamSeti) NOT_ON_PAPER(cuParamSetv) NOT_ON_PAPER(cuProfilerInitialize)
NOT_ON_PAPER(cuProfilerStart) NOT_ON_PAPER(cuProfilerStop) NOT_ON_PAPER(cuStreamAttachMemAsync)
NOT_ON_PAPER(cuSurfRefGetArray) NOT_ON_PAPER(cuSurfRefSetArray) NOT_ON_PAPER(cuTexRefCreate)
NOT_ON_PAPER(cuTexRefDestroy) NOT_ON_PAPER(cuTexRefGetAddressMode) NOT_ON_PAPER(cuTexRefGetAddress_v2)
NOT_ON_PAPER(cuTexRefGetArray) NOT_ON_PAPER(cuTexRefGetFilterMode) NOT_ON_PAPER(cuTexRefGetFlags)
NOT_ON_PAPER(cuTexRefGetFormat) NOT_ON_PAPER(cuTexRefSetAddress2D_v3) NOT_ON_PAPER(cuTexRefSetAddressMode)
NOT_ON_PAPER(cuTexRefSetAddress_v2) NOT_ON_PAPER(cuTexRefSetArray) NOT_ON_PAPER(cuTexRefSetFilterMode)
NOT_ON_PAPER(cuTexRefSetFlags) NOT_ON_PAPER(cuTexRefSetFormat) 
