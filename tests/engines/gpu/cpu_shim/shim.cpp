// Runs kernels.cu on the CPU: the threads of a block are fibers, each of which runs to the next
// barrier before any runs on. In which order they do is chosen with shim_order, so a kernel that
// lacks a barrier or lets threads race gives other bytes in another order.
//
// Index arithmetic and results are proved this way, not what the GPU makes of the code.

#include "cuda_fp16.h"

#include SHIM_KERNELS

#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

extern "C" char __start_shim_shared[], __stop_shim_shared[];

namespace {

enum Order { FORWARD, REVERSE, SHUFFLED };
enum Answer { OK = 0, UNKNOWN_KERNEL = 1, DIVERGENT_BARRIER = 2, TOO_LARGE = 3 };

constexpr size_t STACK_BYTES = 64 * 1024;
constexpr unsigned MAX_THREADS = 1024;
constexpr int ENDED = -1;

struct Fiber {
    ucontext_t context;  // how it is begun
    jmp_buf resumed;     // how it runs on: without the system call that a swap of contexts costs
    bool begun = false;
    std::unique_ptr<char[]> stack;
    ShimPlace place;
    int barrier = ENDED;  // the line where it waits
};

std::mutex one_launch;
int order_kind = FORWARD;
unsigned order_seed = 0;

ucontext_t start;
jmp_buf scheduler;
std::vector<Fiber> fibers;
Fiber* running = nullptr;
void (*invoke)(void**) = nullptr;
void** arguments = nullptr;

void pause(int barrier) {
    running->barrier = barrier;
    if (_setjmp(running->resumed) == 0) _longjmp(scheduler, 1);
}

void run_on(Fiber& fiber) {
    running = &fiber;
    threadIdx = fiber.place;
    if (_setjmp(scheduler) != 0) return;
    if (fiber.begun) _longjmp(fiber.resumed, 1);
    fiber.begun = true;
    swapcontext(&start, &fiber.context);
}

void thread_of_blocks() {
    for (;;) {
        invoke(arguments);
        pause(ENDED);
    }
}

void make_fibers(unsigned count) {
    while (fibers.size() < count) {
        fibers.emplace_back();
        fibers.back().stack.reset(new char[STACK_BYTES]);
    }
    for (unsigned k = 0; k < count; ++k) {
        getcontext(&fibers[k].context);
        fibers[k].context.uc_stack.ss_sp = fibers[k].stack.get();
        fibers[k].context.uc_stack.ss_size = STACK_BYTES;
        fibers[k].context.uc_link = nullptr;
        makecontext(&fibers[k].context, thread_of_blocks, 0);
        fibers[k].begun = false;
    }
}

// Returns whether all threads came to the same barrier, or all to the end.
bool run_block(std::vector<unsigned>& order, std::mt19937& dice) {
    std::memset(__start_shim_shared, 0xCD, __stop_shim_shared - __start_shim_shared);
    do {
        if (order_kind == SHUFFLED) std::shuffle(order.begin(), order.end(), dice);
        for (unsigned k : order) run_on(fibers[k]);
        for (unsigned k : order)
            if (fibers[k].barrier != fibers[order[0]].barrier) return false;
    } while (fibers[order[0]].barrier != ENDED);
    return true;
}

template <auto kernel, typename... Args, size_t... k>
void call(void (*)(Args...), void** args, std::index_sequence<k...>) {
    kernel(*static_cast<Args*>(args[k])...);
}

template <auto kernel, typename... Args>
void unpacked(void (*type)(Args...), void** args) {
    call<kernel>(type, args, std::index_sequence_for<Args...>());
}

template <auto kernel>
void with_arguments(void** args) {
    unpacked<kernel>(kernel, args);
}

template <typename... Args>
int sizes_of(void (*)(Args...), int* sizes) {
    const int told[] = {(int)sizeof(Args)...};
    std::copy(std::begin(told), std::end(told), sizes);
    return (int)sizeof...(Args);
}

template <auto kernel>
int argument_sizes(int* sizes) {
    return sizes_of(kernel, sizes);
}

struct Named {
    const char* first;
    void (*second)(void**);
    int (*sizes)(int*);
};

#define NAMED(name) {#name, with_arguments<name>, argument_sizes<name>}
const Named TABLE[] = {
    NAMED(letterbox_f32), NAMED(letterbox_f16), NAMED(upright_f32), NAMED(upright_f16),
    NAMED(peaks_f32),     NAMED(peaks_f16),     NAMED(pairs_f32),   NAMED(pairs_f16),
    NAMED(person_f32),    NAMED(person_f16),    NAMED(points_f32),  NAMED(points_f16),
};

}  // namespace

static void shim_barrier(int line) { pause(line); }

// `kind`: 0 forward, 1 reverse, 2 shuffled anew with `seed` in every launch.
extern "C" void shim_order(int kind, unsigned seed) {
    const std::lock_guard<std::mutex> lock(one_launch);
    order_kind = kind;
    order_seed = seed;
}

// Returns how many arguments a kernel takes, their bytes in `sizes`; below 0 for an unknown one.
extern "C" int shim_arg_sizes(const char* kernel, int* sizes) {
    for (const Named& row : TABLE)
        if (std::strcmp(row.first, kernel) == 0) return row.sizes(sizes);
    return -1;
}

// `args`: pointers to the arguments' values, as cuLaunchKernel takes them. Returns an Answer.
extern "C" int shim_launch(const char* kernel, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                           unsigned by, unsigned bz, void** args) {
    const std::lock_guard<std::mutex> lock(one_launch);
    const auto* entry = std::find_if(std::begin(TABLE), std::end(TABLE), [&](const auto& row) {
        return std::strcmp(row.first, kernel) == 0;
    });
    if (entry == std::end(TABLE)) return UNKNOWN_KERNEL;
    const uint64_t count = (uint64_t)bx * by * bz;
    if (count == 0 || count > MAX_THREADS) return TOO_LARGE;
    invoke = entry->second;
    arguments = args;
    gridDim = {gx, gy, gz};
    blockDim = {bx, by, bz};
    make_fibers(count);
    for (unsigned k = 0; k < count; ++k) fibers[k].place = {k % bx, k / bx % by, k / bx / by};
    std::vector<unsigned> order(count);
    std::iota(order.begin(), order.end(), 0);
    if (order_kind == REVERSE) std::reverse(order.begin(), order.end());
    std::mt19937 dice(order_seed);
    for (unsigned z = 0; z < gz; ++z)
        for (unsigned y = 0; y < gy; ++y)
            for (unsigned x = 0; x < gx; ++x) {
                blockIdx = {x, y, z};
                if (!run_block(order, dice)) return DIVERGENT_BARRIER;
            }
    return OK;
}
