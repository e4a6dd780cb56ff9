// From picture to people on the GPU: what engines/vision.py, realtime/pose/skeletons.py,
// one_person.py and upright_person.py do with OpenCV and NumPy, for several crops in one launch.
//
// Shapes and launch sizes are told in engines/gpu/kernels.py; `python -m
// tools.weights.build_kernels` builds kernels.fatbin. Every thread order gives the same bytes: threads of a block meet in
// shared memory and at barriers only. No warp functions, so that a C++ compiler can run this
// file too, in the tests. Built without fused multiply-add, all arithmetic but logf is that of
// NumPy's float32.

#include <cuda_fp16.h>

// Named: a nameless one would carry the path of this file into the built bytes.
namespace dance {

constexpr int THREADS = 256;
constexpr int TILE_WIDTH = 32, TILE_HEIGHT = 8;
constexpr int MAX_JOINTS = 32, MAX_LIMBS = 32;
constexpr int MAX_PEAKS = 64;         // of one joint; a picture with more is noise
constexpr int MAX_CANDIDATES = 2048;  // of one joint; where there are more, the first ones
constexpr int FOUND_PEAKS = 512, FOUND_PAIRS = 4096;
constexpr int SAMPLES = 10;  // along a limb
constexpr float SAMPLE_THRESHOLD = 0.05f;
constexpr int PERSON_JOINTS = 17;
constexpr float NEARNESS_CELLS = 1.8f;
constexpr int MAX_HALVINGS = 12;  // the sum of a block's levels fits 32 bits
constexpr int PERSON_STRIDE = 4;  // px of the input a cell
constexpr int REACH = 3, AROUND = (2 * REACH + 1) * (2 * REACH + 1);  // cells around a point
constexpr double FIRST_CELL = -0.25 / PERSON_STRIDE;  // cells: where the first one lies

struct Crop {  // px
    float scale;
    int cut_x, cut_y, cut_width, cut_height;  // of the picture
    int paste_x, paste_y;                     // into the input
    int unused;
};

struct Turn {
    float from_x[3], from_y[3];  // px of what is left after halving: by x, by y, at 0, 0 of the input
    int cut_x, cut_y, cut_width, cut_height;  // of the picture
    int halvings, left_width, left_height;
};

struct Limb {
    int start, end;  // joints
    int x, y;        // affinity maps
};

struct Found {  // of one crop
    int counts[MAX_JOINTS];
    float peaks[FOUND_PEAKS][3];
    float strength[FOUND_PAIRS];
    unsigned char support[FOUND_PAIRS];
};

static_assert(sizeof(Crop) == 32 && sizeof(Turn) == 52 && sizeof(Limb) == 16 &&
                  sizeof(Found) == 26752,
              "as in kernels.py");

struct Span {  // which px of the picture make one px of the input, and their weights
    int first, count;
    float head, body, tail;  // a single px weighs `head`
};

struct Tile {
    Span across[TILE_WIDTH], down[TILE_HEIGHT];
};

struct Candidates {
    int scan[THREADS];
    int cell[MAX_CANDIDATES];
    float height[MAX_CANDIDATES];
};

struct Counts {
    int peaks[MAX_JOINTS];
    int pairs[MAX_LIMBS];
};

struct Race {
    float value[THREADS];
    int cell[THREADS];
};

struct Around {
    float heat[AROUND];
};

__device__ inline float read(const float* at) { return *at; }
__device__ inline float read(const __half* at) { return __half2float(*at); }
__device__ inline void write(float* at, float value) { *at = value; }
__device__ inline void write(__half* at, float value) { *at = __float2half_rn(value); }
__device__ inline float half_rounded(float value) {
    return __half2float(__float2half_rn(value));
}

// ---- letterbox

// OpenCV's computeResizeAreaTab (imgproc/src/resize.cpp): each px weighs what of it is covered.
__device__ inline Span averaged(int at, int length, double step) {
    const double from = at * step, to = from + step;
    const double covered = fmin(step, length - from);
    const int last = min((int)floor(to), length - 1);
    const int whole = min((int)ceil(from), last);  // the first px wholly covered
    const bool before = whole - from > 1e-3, after = to - last > 1e-3;
    const float head = (float)((whole - from) / covered), body = (float)(1 / covered);
    const float tail = (float)(fmin(fmin(to - last, 1.0), covered) / covered);
    const int count = before + (last - whole) + after;
    const float first = before ? head : last > whole ? body : tail;
    return {whole - before, count, first, body, after ? tail : body};
}

__device__ inline Span between_centres(int at, int length, double step) {
    const double centre = (at + 0.5) * step - 0.5;
    const int first = (int)floor(centre);
    if (first < 0 || first + 1 >= length) return {first < 0 ? 0 : length - 1, 1, 1, 0, 0};
    const float share = (float)(centre - first);
    return {first, 2, 1 - share, 0, share};
}

__device__ inline Span span_of(int at, int length, float scale) {
    const double step = 1.0 / scale;
    return scale < 1 ? averaged(at, length, step) : between_centres(at, length, step);
}

__device__ inline float weight(const Span& span, int k) {
    return k == 0 ? span.head : k == span.count - 1 ? span.tail : span.body;
}

// A cut that is empty or leaves the picture is not painted, nor one that
template <typename C>
__device__ inline bool within(const C& crop, int width, int height) {
    return crop.cut_x >= 0 && crop.cut_y >= 0 && crop.cut_width > 0 && crop.cut_height > 0 &&
           crop.cut_width <= width - crop.cut_x && crop.cut_height <= height - crop.cut_y;
}

// would be thinner than one px,
__device__ inline bool can_be_cut(const Crop& crop, int width, int height) {
    return within(crop, width, height) && crop.scale > 0 &&
           min(crop.cut_width, crop.cut_height) * crop.scale >= 1;
}

// or whose last px after halving would hold nothing.
__device__ inline bool can_be_cut(const Turn& turn, int width, int height) {
    return within(turn, width, height) && turn.halvings >= 0 && turn.halvings <= MAX_HALVINGS &&
           turn.left_width > 0 && turn.left_height > 0 &&
           turn.left_width - 1 <= (turn.cut_width - 1) >> turn.halvings &&
           turn.left_height - 1 <= (turn.cut_height - 1) >> turn.halvings;
}

template <typename T>
__device__ void letterbox(const unsigned char* picture, int picture_width, int picture_height,
                          const Crop* crops, T* out, int width, int height, Tile& tile) {
    const Crop crop = crops[blockIdx.z];
    const bool cut = can_be_cut(crop, picture_width, picture_height);
    const int wide = cut ? (int)rintf(crop.cut_width * crop.scale) : 0;
    const int high = cut ? (int)rintf(crop.cut_height * crop.scale) : 0;
    const int x = blockIdx.x * TILE_WIDTH + threadIdx.x;
    const int y = blockIdx.y * TILE_HEIGHT + threadIdx.y;
    const int column = x - crop.paste_x, row = y - crop.paste_y;
    const bool painted = 0 <= column && column < wide && 0 <= row && row < high;
    if (threadIdx.y == 0 && 0 <= column && column < wide)
        tile.across[threadIdx.x] = span_of(column, crop.cut_width, crop.scale);
    if (threadIdx.x == 0 && 0 <= row && row < high)
        tile.down[threadIdx.y] = span_of(row, crop.cut_height, crop.scale);
    __syncthreads();
    if (x >= width || y >= height) return;
    float sum[3] = {0, 0, 0};
    if (painted) {
        const Span across = tile.across[threadIdx.x], down = tile.down[threadIdx.y];
        const unsigned char* corner =
            picture +
            3 * ((size_t)(crop.cut_y + down.first) * picture_width + crop.cut_x + across.first);
        for (int j = 0; j < down.count; ++j) {
            const unsigned char* px = corner + 3 * (size_t)j * picture_width;
            float line[3] = {0, 0, 0};
            for (int i = 0; i < across.count; ++i, px += 3)
                for (int c = 0; c < 3; ++c) line[c] += px[c] * weight(across, i);
            for (int c = 0; c < 3; ++c) sum[c] += line[c] * weight(down, j);
        }
    }
    for (int c = 0; c < 3; ++c)
        write(out + (((size_t)blockIdx.z * 3 + c) * height + y) * width + x,
              fminf(rintf(sum[c]), 255.0f));
}

// ---- upright

// Add a px of what is left after halving, three channels: the mean of its block, a whole level.
// Outside all is black.
__device__ inline void add(const unsigned char* corner, int picture_width, const Turn& turn, int x,
                           int y, float share, float* sum) {
    if (x < 0 || y < 0 || x >= turn.left_width || y >= turn.left_height) return;
    const int from_x = x << turn.halvings, from_y = y << turn.halvings;
    const int wide = min(1 << turn.halvings, turn.cut_width - from_x);
    const int high = min(1 << turn.halvings, turn.cut_height - from_y);
    unsigned levels[3] = {0, 0, 0};
    for (int j = 0; j < high; ++j) {
        const unsigned char* px = corner + 3 * ((size_t)(from_y + j) * picture_width + from_x);
        for (int i = 0; i < wide; ++i, px += 3)
            for (int c = 0; c < 3; ++c) levels[c] += px[c];
    }
    const unsigned count = wide * high;
    for (int c = 0; c < 3; ++c) sum[c] += share * ((levels[c] + count / 2) / count);
}

template <typename T>
__device__ void upright(const unsigned char* picture, int picture_width, int picture_height,
                        const Turn* turns, T* out, int width, int height) {
    const Turn& turn = turns[blockIdx.z];
    const int x = blockIdx.x * TILE_WIDTH + threadIdx.x;
    const int y = blockIdx.y * TILE_HEIGHT + threadIdx.y;
    if (x >= width || y >= height) return;
    const float at_x = turn.from_x[0] * x + turn.from_x[1] * y + turn.from_x[2];
    const float at_y = turn.from_y[0] * x + turn.from_y[1] * y + turn.from_y[2];
    float sum[3] = {0, 0, 0};
    if (can_be_cut(turn, picture_width, picture_height) && at_x > -1 && at_y > -1 &&
        at_x < turn.left_width && at_y < turn.left_height) {
        const unsigned char* corner =
            picture + 3 * ((size_t)turn.cut_y * picture_width + turn.cut_x);
        const int left = (int)floorf(at_x), top = (int)floorf(at_y);
        const float across = at_x - left, down = at_y - top;
        for (int k = 0; k < 4; ++k) {
            const float share = (k % 2 ? across : 1 - across) * (k / 2 ? down : 1 - down);
            add(corner, picture_width, turn, left + k % 2, top + k / 2, share, sum);
        }
    }
    for (int c = 0; c < 3; ++c)
        write(out + (((size_t)blockIdx.z * 3 + c) * height + y) * width + x,
              fminf(rintf(sum[c]), 255.0f));
}

// ---- peaks

// Return the sum of `mine` of all threads before this one; that of all is left in scan[THREADS - 1].
__device__ inline int sum_before(int mine, int* scan) {
    const int t = threadIdx.x;
    scan[t] = mine;
    __syncthreads();
    for (int reach = 1; reach < THREADS; reach *= 2) {
        const int left = t >= reach ? scan[t - reach] : 0;
        __syncthreads();
        scan[t] += left;
        __syncthreads();
    }
    return scan[t] - mine;
}

// Outside the map all is 0.
template <typename T>
__device__ bool is_peak(const T* map, int cell, int height, int width, float threshold) {
    const float here = read(map + cell);
    if (!(here > threshold)) return false;
    const int y = cell / width, x = cell - y * width;
    return here > (x > 0 ? read(map + cell - 1) : 0.0f) &&
           here >= (x < width - 1 ? read(map + cell + 1) : 0.0f) &&
           here > (y > 0 ? read(map + cell - width) : 0.0f) &&
           here >= (y < height - 1 ? read(map + cell + width) : 0.0f);
}

template <typename T>
__device__ inline float log_of(const T* at) {
    return logf(fmaxf(read(at), 1e-3f));
}

// How far, -0.5..0.5 cells, the top of the parabola through the logarithms lies from a cell. At
// the border it goes through the two inner neighbours.
template <typename T>
__device__ double vertex(const T* cell, int at, int size, int stride) {
    const int inward = at == 0 ? 1 : at == size - 1 ? -1 : 0;
    const T* middle = cell + inward * stride;
    const float before = log_of(middle - stride), here = log_of(middle);
    const float after = log_of(middle + stride);
    const float bend = fminf(before - 2 * here + after, -1e-6f);
    return fmin(fmax(inward + (double)(0.5f * (before - after) / bend), -0.5), 0.5);
}

// Fewer than MAX_PEAKS are higher; of equals the earlier ones count as higher.
__device__ inline bool is_among_highest(const Candidates& room, int k, int count) {
    if (count <= MAX_PEAKS) return true;
    const float height = room.height[k];
    int higher = 0;
    for (int i = 0; i < count; ++i)
        higher += room.height[i] > height || (room.height[i] == height && i < k);
    return higher < MAX_PEAKS;
}

template <typename T>
__device__ void peaks(const T* heat, int joints, int height, int width, float threshold,
                      float* peaks, int* counts, Candidates& room) {
    const int t = threadIdx.x, joint = blockIdx.x, crop = blockIdx.y;
    const int cells = height * width;
    const T* map = heat + ((size_t)crop * (joints + 1) + joint) * cells;
    const int run = (cells + THREADS - 1) / THREADS;  // cells of a thread, in reading order
    const int from = min(t * run, cells), to = min(from + run, cells);
    int mine = 0;
    for (int cell = from; cell < to; ++cell)
        mine += is_peak(map, cell, height, width, threshold);
    int place = sum_before(mine, room.scan);
    for (int cell = from; cell < to && place < MAX_CANDIDATES; ++cell)
        if (is_peak(map, cell, height, width, threshold)) {
            room.cell[place] = cell;
            room.height[place] = read(map + cell);
            ++place;
        }
    const int found = min(room.scan[THREADS - 1], MAX_CANDIDATES);
    __syncthreads();

    const int share = (found + THREADS - 1) / THREADS;  // candidates of a thread, 8 at most
    const int first = min(t * share, found), last = min(first + share, found);
    unsigned kept = 0;  // one bit each
    mine = 0;
    for (int k = first; k < last; ++k)
        if (is_among_highest(room, k, found)) {
            kept |= 1u << (k - first);
            ++mine;
        }
    place = sum_before(mine, room.scan);
    float* rows = peaks + ((size_t)crop * joints + joint) * MAX_PEAKS * 3;
    for (int k = first; k < last; ++k)
        if (kept >> (k - first) & 1) {
            const int cell = room.cell[k], y = cell / width, x = cell - y * width;
            rows[3 * place] = (float)(x + vertex(map + cell, x, width, 1));
            rows[3 * place + 1] = (float)(y + vertex(map + cell, y, height, width));
            rows[3 * place + 2] = room.height[k];
            ++place;
        }
    const int count = room.scan[THREADS - 1];
    for (int k = 3 * count + t; k < 3 * MAX_PEAKS; k += THREADS) rows[k] = 0;
    if (t == 0) counts[crop * joints + joint] = count;
}

// ---- pairs

// Sums in the order in which NumPy sums ten float32.
__device__ inline float mean(const float* along) {
    const float first = (along[0] + along[1]) + (along[2] + along[3]);
    const float second = (along[4] + along[5]) + (along[6] + along[7]);
    return (first + second + along[8] + along[9]) / SAMPLES;
}

template <typename T>
__device__ void measure(const T* along_x, const T* along_y, int height, int width,
                        const float* start, const float* end, float* strength,
                        unsigned char* support) {
    const float line_x = end[0] - start[0], line_y = end[1] - start[1];
    const float length = fmaxf(sqrtf(line_x * line_x + line_y * line_y), 1e-6f);
    const float unit_x = line_x / length, unit_y = line_y / length;
    float along[SAMPLES];
    int above = 0;
#pragma unroll
    for (int k = 0; k < SAMPLES; ++k) {
        const float part = (float)(k * (1.0 / (SAMPLES - 1)));
        const int x = min(max((int)rintf(start[0] + part * line_x), 0), width - 1);
        const int y = min(max((int)rintf(start[1] + part * line_y), 0), height - 1);
        const int cell = y * width + x;
        along[k] = read(along_x + cell) * unit_x + read(along_y + cell) * unit_y;
        above += along[k] > SAMPLE_THRESHOLD;
    }
    const float too_long = fminf(0.5f * height / length - 1, 0.0f);
    *strength = mean(along) + too_long;
    *support = (unsigned char)above;
}

// `counts` and `peaks` of a block are written by its first limb, each limb's pairs by itself.
template <typename T>
__device__ void pairs(const T* limb, int channels, int height, int width, const float* peaks,
                      const int* counts, const Limb* limbs, int joints, int limb_count,
                      unsigned char* found, Counts& room) {
    const int t = threadIdx.x, own = blockIdx.x, crop = blockIdx.y;
    Found& block = ((Found*)found)[crop];
    if (t < MAX_JOINTS) room.peaks[t] = t < joints ? counts[crop * joints + t] : 0;
    __syncthreads();
    if (t < limb_count) room.pairs[t] = room.peaks[limbs[t].start] * room.peaks[limbs[t].end];
    __syncthreads();
    const float* rows = peaks + (size_t)crop * joints * MAX_PEAKS * 3;
    if (own == 0) {
        if (t < MAX_JOINTS) block.counts[t] = room.peaks[t];
        for (int k = t; k < joints * MAX_PEAKS; k += THREADS) {
            const int joint = k / MAX_PEAKS;
            int place = k % MAX_PEAKS;
            if (place >= room.peaks[joint]) continue;
            for (int j = 0; j < joint; ++j) place += room.peaks[j];
            if (place >= FOUND_PEAKS) continue;
            for (int i = 0; i < 3; ++i) block.peaks[place][i] = rows[3 * k + i];
        }
    }
    int before = 0;
    for (int k = 0; k < own; ++k) before += room.pairs[k];
    const Limb mine = limbs[own];
    const size_t cells = (size_t)height * width;
    const T* maps = limb + crop * channels * cells;
    const int room_left = FOUND_PAIRS - before;
    for (int k = t; k < room.pairs[own] && k < room_left; k += THREADS) {
        const int start = mine.start * MAX_PEAKS + k / room.peaks[mine.end];
        const int end = mine.end * MAX_PEAKS + k % room.peaks[mine.end];
        measure(maps + mine.x * cells, maps + mine.y * cells, height, width, rows + 3 * start,
                rows + 3 * end, &block.strength[before + k], &block.support[before + k]);
    }
}

// ---- person

// Return the cell of the highest value of all threads; of equals the first.
__device__ inline int highest(float value, int cell, Race& room) {
    const int t = threadIdx.x;
    room.value[t] = value;
    room.cell[t] = cell;
    __syncthreads();
    for (int half = THREADS / 2; half > 0; half /= 2) {
        if (t < half) {
            const float mine = room.value[t], theirs = room.value[t + half];
            if (theirs > mine || (theirs == mine && room.cell[t + half] < room.cell[t])) {
                room.value[t] = theirs;
                room.cell[t] = room.cell[t + half];
            }
        }
        __syncthreads();
    }
    const int winner = room.cell[0];
    __syncthreads();  // the next race may begin
    return winner;
}

__device__ inline float distance(int cell, int width, float y, float x) {
    const float dy = cell / width - y, dx = cell % width - x;
    return sqrtf(dy * dy + dx * dx);
}

template <typename T>
__device__ void person(const T* centre, const T* heat, const T* regression, const T* offset,
                       int height, int width, float* joints, Race& room) {
    const int t = threadIdx.x, joint = blockIdx.x, crop = blockIdx.y;
    const int cells = height * width;
    const T* middles = centre + (size_t)crop * cells;
    const T* map = heat + ((size_t)crop * PERSON_JOINTS + joint) * cells;
    const size_t y_map = ((size_t)crop * 2 * PERSON_JOINTS + 2 * joint) * cells;
    const size_t x_map = y_map + cells;

    float best = -INFINITY;
    int cell = cells - 1;
    for (int k = t; k < cells; k += THREADS) {
        const float near = 1 / (distance(k, width, height / 2, width / 2) + NEARNESS_CELLS);
        const float value = read(middles + k) * half_rounded(near);  // the graph stores halves
        if (k == t || value > best) {
            best = value;
            cell = k;
        }
    }
    const int middle = highest(best, cell, room);
    const float y = middle / width + read(regression + y_map + middle);
    const float x = middle % width + read(regression + x_map + middle);

    best = -INFINITY;
    cell = cells - 1;
    for (int k = t; k < cells; k += THREADS) {
        const float value =
            read(map + k) / (distance(k, width, y, x) + half_rounded(NEARNESS_CELLS));
        if (k == t || value > best) {
            best = value;
            cell = k;
        }
    }
    const int peak = highest(best, cell, room);
    if (t > 0) return;
    float* out = joints + (crop * PERSON_JOINTS + joint) * 3;
    out[0] = peak % width + read(offset + x_map + peak);
    out[1] = peak / width + read(offset + y_map + peak);
    out[2] = read(map + peak);
}

// ---- points

// Sums in the order in which NumPy sums 49 float32.
__device__ inline float sum_of(const float* heat) {
    float part[8];
    for (int k = 0; k < 8; ++k) part[k] = heat[k];
#pragma unroll 1  // else it takes too many registers
    for (int k = 8; k < AROUND - 1; k += 8)
        for (int i = 0; i < 8; ++i) part[i] += heat[k + i];
    return ((part[0] + part[1]) + (part[2] + part[3])) +
           ((part[4] + part[5]) + (part[6] + part[7])) + heat[AROUND - 1];
}

__device__ inline int cell_of(float px, int cells) {
    return (int)fminf(fmaxf(floorf((px + 0.5f) / PERSON_STRIDE), 0.0f), cells - 1.0f);
}

template <typename T>
__device__ void points(const T* points, const T* heat, int height, int width, float* joints,
                       Around& room) {
    const int t = threadIdx.x, joint = blockIdx.x, crop = blockIdx.y;
    const size_t row = (size_t)crop * PERSON_JOINTS + joint;
    const T* map = heat + row * height * width;
    const float px = read(points + 2 * row) - 0.5f;  // its px begin on whole numbers
    const float py = read(points + 2 * row + 1) - 0.5f;
    const int left = cell_of(px, width) - REACH, top = cell_of(py, height) - REACH;
    if (t < AROUND) {
        const int x = left + t % (2 * REACH + 1), y = top + t / (2 * REACH + 1);
        const bool there = x >= 0 && x < width && y >= 0 && y < height;
        room.heat[t] = there ? read(map + y * width + x) : 0.0f;
    }
    __syncthreads();
    if (t > 0) return;
    float highest = -INFINITY;
    double sum_x = 0, sum_y = 0;
#pragma unroll 1
    for (int k = 0; k < AROUND; ++k) {
        highest = fmaxf(highest, room.heat[k]);
        sum_x += (double)room.heat[k] * (left + k % (2 * REACH + 1));
        sum_y += (double)room.heat[k] * (top + k / (2 * REACH + 1));
    }
    const double total = fmaxf(sum_of(room.heat), 1e-9f);
    float* out = joints + 3 * row;
    out[0] = highest > 0 ? (float)(sum_x / total + FIRST_CELL) : px / PERSON_STRIDE;
    out[1] = highest > 0 ? (float)(sum_y / total + FIRST_CELL) : py / PERSON_STRIDE;
    out[2] = highest;
}

}  // namespace dance

using namespace dance;

#define KERNELS(T, name)                                                                          \
    extern "C" __global__ void __launch_bounds__(TILE_WIDTH* TILE_HEIGHT) letterbox_##name(       \
        const unsigned char* picture, int picture_width, int picture_height, const Crop* crops,   \
        T* out, int width, int height) {                                                          \
        __shared__ Tile tile;                                                                     \
        letterbox(picture, picture_width, picture_height, crops, out, width, height, tile);       \
    }                                                                                             \
    extern "C" __global__ void __launch_bounds__(TILE_WIDTH* TILE_HEIGHT) upright_##name(         \
        const unsigned char* picture, int picture_width, int picture_height, const Turn* turns,   \
        T* out, int width, int height) {                                                          \
        upright(picture, picture_width, picture_height, turns, out, width, height);               \
    }                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS) peaks_##name(                           \
        const T* heat, int joints, int height, int width, float threshold, float* rows,           \
        int* counts) {                                                                            \
        __shared__ Candidates room;                                                               \
        peaks(heat, joints, height, width, threshold, rows, counts, room);                        \
    }                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS) pairs_##name(                           \
        const T* limb, int channels, int height, int width, const float* rows, const int* counts, \
        const Limb* limbs, int joints, int limb_count, unsigned char* found) {                    \
        __shared__ Counts room;                                                                   \
        pairs(limb, channels, height, width, rows, counts, limbs, joints, limb_count, found,      \
              room);                                                                              \
    }                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS) person_##name(                          \
        const T* centre, const T* heat, const T* regression, const T* offset, int height,         \
        int width, float* joints) {                                                               \
        __shared__ Race room;                                                                     \
        person(centre, heat, regression, offset, height, width, joints, room);                    \
    }                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS) points_##name(                          \
        const T* xy, const T* heat, int height, int width, float* joints) {                       \
        __shared__ Around room;                                                                   \
        points(xy, heat, height, width, joints, room);                                            \
    }

KERNELS(float, f32)
KERNELS(__half, f16)
