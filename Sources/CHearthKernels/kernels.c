// SPDX-License-Identifier: Apache-2.0

// Plain C that a compiler can vectorise across outputs, never across a sum: so each clone below gives the
// same bits. A fused multiply-add would not, hence the pragma.
#include "CHearthKernels.h"
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// One copy of a function for each level of x86-64, chosen when the program starts. Copies are static, with
// a plain function in front of each at the end of this file: this compiler stops where a function was
// declared before without the attribute.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__clang__)
#define HEARTH_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HEARTH_CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

typedef float float8 __attribute__((vector_size(32), aligned(4)));
typedef int32_t int8 __attribute__((vector_size(32), aligned(4)));

// MARK: Products

// `rows` (1 or 2) rows by `width` (8 or 32) columns; both are constants where this is inlined.
INLINE void panel(const float *x, long depth, const float *weights, const float *bias, float *out,
                  long outStep, long valid, const int rows, const int width) {
    float8 sums[2][HEARTH_PANEL / 8];
    const int lanes = width / 8;
    for (int row = 0; row < rows; row++)
        for (int lane = 0; lane < lanes; lane++)
            sums[row][lane] = *(const float8 *)(bias + 8 * lane);
    for (long i = 0; i < depth; i++) {
        for (int lane = 0; lane < lanes; lane++) {
            const float8 weight = *(const float8 *)(weights + i * width + 8 * lane);
            for (int row = 0; row < rows; row++) sums[row][lane] += x[row * depth + i] * weight;
        }
    }
    for (int row = 0; row < rows; row++)
        memcpy(out + row * outStep, sums[row], (unsigned long)valid * sizeof(float));
}

INLINE void dense_panels(const float *x, const float *packed, const float *bias, float *out,
                         long depth, long columns, const int rows) {
    long column = 0;
    for (; column + HEARTH_PANEL <= columns; column += HEARTH_PANEL)
        panel(x, depth, packed + column * depth, bias + column, out + column, columns, HEARTH_PANEL,
              rows, HEARTH_PANEL);
    // A width known here is a store or two; one that is not is a call.
    for (; column + HEARTH_SMALL_PANEL <= columns; column += HEARTH_SMALL_PANEL)
        panel(x, depth, packed + column * depth, bias + column, out + column, columns,
              HEARTH_SMALL_PANEL, rows, HEARTH_SMALL_PANEL);
    if (column < columns)
        panel(x, depth, packed + column * depth, bias + column, out + column, columns,
              columns - column, rows, HEARTH_SMALL_PANEL);
}

INLINE void dense(const float *x, const float *packed, const float *bias, float *out, long rows,
                  long depth, long columns) {
    long row = 0;
    for (; row + 2 <= rows; row += 2)
        dense_panels(x + row * depth, packed, bias, out + row * columns, depth, columns, 2);
    if (row < rows)
        dense_panels(x + row * depth, packed, bias, out + row * columns, depth, columns, 1);
}

HEARTH_CLONES static void cloned_dense(const float *x, const float *packed, const float *bias, float *out, long rows,
                  long depth, long columns) {
    dense(x, packed, bias, out, rows, depth, columns);
}

// What one output looks at: its taps of each channel, beginning at `origin`.
INLINE void gather_row(const float *x, long origin, float *to, const struct hearth_conv *s) {
    const int isInside = origin >= 0 && origin + (s->taps - 1) * s->dilation < s->length;
    for (long channel = 0; channel < s->channels; channel++, to += s->taps) {
        const float *from = x + channel * s->length;
        if (isInside) {
            for (long tap = 0; tap < s->taps; tap++) to[tap] = from[origin + tap * s->dilation];
            continue;
        }
        for (long tap = 0; tap < s->taps; tap++) {
            const long at = origin + tap * s->dilation;
            to[tap] = at >= 0 && at < s->length ? from[at] : 0;
        }
    }
}

HEARTH_CLONES static void cloned_conv1d(const float *x, const float *packed, const float *bias, float *scratch,
                   float *out, struct hearth_conv s) {
    const long depth = s.channels * s.taps;
    float *tile = scratch + HEARTH_CONV_TILE * depth;
    for (long start = 0; start < s.outLength; start += HEARTH_CONV_TILE) {
        const long left = s.outLength - start;
        const long rows = left < HEARTH_CONV_TILE ? left : HEARTH_CONV_TILE;
        for (long row = 0; row < rows; row++)
            gather_row(x, (start + row) * s.stride - s.padding, scratch + row * depth, &s);
        dense(scratch, packed, bias, tile, rows, depth, s.columns);
        for (long column = 0; column < s.columns; column++)
            for (long row = 0; row < rows; row++)
                out[column * s.outLength + start + row] = tile[row * s.columns + column];
    }
}

HEARTH_CLONES static void cloned_matmul(const float *a, const float *b, float *out, struct hearth_matmul s) {
    for (long batch = 0; batch < s.batches; batch++)
        for (long row = 0; row < s.rows; row++) {
            const float *x = a + batch * s.aBatch + row * s.aRow;
            float *to = out + (batch * s.rows + row) * s.columns;
            for (long column = 0; column < s.columns; column++) to[column] = 0;
            for (long i = 0; i < s.depth; i++) {
                const float value = x[i * s.aColumn];
                const float *from = b + batch * s.bBatch + i * s.bRow;
                for (long column = 0; column < s.columns; column++)
                    to[column] += value * from[column * s.bColumn];
            }
            if (s.alpha != 1)
                for (long column = 0; column < s.columns; column++) to[column] *= s.alpha;
        }
}

// MARK: Functions of one element

INLINE float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

INLINE uint32_t to_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// Adding 1.5·2²³ leaves a float no room for a fraction: it rounds halves to even, and the integer
// stands in the low bits.
#define ROUNDER 12582912.0f

// e^x = 2^n · e^r with |r| ≤ ln2 / 2, and e^r by a polynomial fitted here: relative error 2e-7.
// Below -87 it gives e^-87, above 88 e^88. NaN stays NaN.
INLINE float exponential(float x) {
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    const float shifted = x * 1.4426950216293335f + ROUNDER;
    const float n = shifted - ROUNDER;
    // ln 2 in two parts, so that the product with n is exact in the first.
    const float r = (x - n * 0.693359375f) + n * 2.1219444170128554e-4f;
    float p = 1.3811615062877536e-3f;
    p = p * r + 8.370139636099339e-3f;
    p = p * r + 4.166853055357933e-2f;
    p = p * r + 0.16666509211063385f;
    p = p * r + 0.4999999403953552f;
    p = (p * r * r + r) + 1.0f;
    return p * from_bits((to_bits(shifted) + 127u) << 23);
}

INLINE float sigmoid(float x) {
    // Of the negative amount, so that nothing overflows; the other side is its complement.
    const float e = exponential(x < 0 ? x : -x);
    const float below = e / (1.0f + e);
    return x < 0 ? below : 1.0f - below;
}

INLINE float hyperbolic_tangent(float x) {
    const float size = x < 0 ? -x : x;
    const float e = exponential(-2.0f * size);
    const float far = (1.0f - e) / (1.0f + e);
    // Near 0 the quotient would lose digits: there a polynomial fitted here.
    const float z = x * x;
    float p = -5.667056888341904e-3f;
    p = p * z + 2.0606258884072304e-2f;
    p = p * z - 5.3730037063360214e-2f;
    p = p * z + 0.13331331312656403f;
    p = p * z - 0.33333277702331543f;
    const float near = x + x * z * p;
    return size < 0.625f ? near : (x < 0 ? -far : far);
}

HEARTH_CLONES static void cloned_unary(int kind, const float *x, float *out, long count, float low, float high) {
    switch (kind) {
    case HEARTH_RELU:
        for (long i = 0; i < count; i++) out[i] = x[i] < 0 ? 0 : x[i];
        break;
    case HEARTH_SIGMOID:
        for (long i = 0; i < count; i++) out[i] = sigmoid(x[i]);
        break;
    case HEARTH_TANH:
        for (long i = 0; i < count; i++) out[i] = hyperbolic_tangent(x[i]);
        break;
    case HEARTH_CLIP:
        for (long i = 0; i < count; i++) {
            const float above = x[i] < low ? low : x[i];
            out[i] = above > high ? high : above;
        }
        break;
    default: memmove(out, x, (unsigned long)count * sizeof(float)); break;
    }
}

// MARK: Functions of two elements

#define EACH(OPERATION)                                                                            \
    for (long o = 0; o < s.outer; o++) {                                                           \
        const float *p = a + o * s.aOuter;                                                         \
        const float *q = b + o * s.bOuter;                                                         \
        float *to = out + o * s.inner;                                                             \
        if (s.aInner == 1 && s.bInner == 1)                                                        \
            for (long i = 0; i < s.inner; i++) to[i] = p[i] OPERATION q[i];                        \
        else if (s.aInner == 1)                                                                    \
            for (long i = 0; i < s.inner; i++) to[i] = p[i] OPERATION q[0];                        \
        else if (s.bInner == 1)                                                                    \
            for (long i = 0; i < s.inner; i++) to[i] = p[0] OPERATION q[i];                        \
        else                                                                                       \
            for (long i = 0; i < s.inner; i++) to[i] = p[0] OPERATION q[0];                        \
    }

HEARTH_CLONES static void cloned_binary(int kind, const float *a, const float *b, float *out, struct hearth_binary s) {
    switch (kind) {
    case HEARTH_ADD: EACH(+) break;
    case HEARTH_SUBTRACT: EACH(-) break;
    case HEARTH_MULTIPLY: EACH(*) break;
    default: EACH(/) break;
    }
}

// MARK: Along an axis

HEARTH_CLONES static void cloned_softmax(const float *x, float *out, long outer, long count, long inner) {
    for (long o = 0; o < outer; o++)
        for (long i = 0; i < inner; i++) {
            const float *from = x + o * count * inner + i;
            float *to = out + o * count * inner + i;
            float most = from[0];
            for (long k = 1; k < count; k++)
                most = from[k * inner] > most ? from[k * inner] : most;
            float sum = 0;
            for (long k = 0; k < count; k++) {
                to[k * inner] = exponential(from[k * inner] - most);
                sum += to[k * inner];
            }
            for (long k = 0; k < count; k++) to[k * inner] /= sum;
        }
}

HEARTH_CLONES static void cloned_mean(const float *x, float *out, long outer, long count, long inner) {
    for (long o = 0; o < outer; o++)
        for (long i = 0; i < inner; i++) {
            float sum = 0;
            for (long k = 0; k < count; k++) sum += x[(o * count + k) * inner + i];
            out[o * inner + i] = sum / (float)count;
        }
}

// MARK: Moves

// Short runs are moved here: a call for each would take longer than the move.
#if defined(__clang__)
__attribute__((no_builtin("memcpy", "memmove")))
#endif
static void copy_short_runs(const float *x, float *out, long outer, long inner, long xStep, long outStep) {
    for (long o = 0; o < outer; o++, x += xStep, out += outStep)
        for (long i = 0; i < inner; i++) out[i] = x[i];
}

void hearth_copy_runs(const float *x, float *out, long outer, long inner, long xStep,
                      long outStep) {
    if (inner <= 16) {
        copy_short_runs(x, out, outer, inner, xStep, outStep);
        return;
    }
    for (long o = 0; o < outer; o++)
        memcpy(out + o * outStep, x + o * xStep, (unsigned long)inner * sizeof(float));
}

void hearth_gather(const float *x, const int32_t *table, float *out, long count, float fill) {
    for (long i = 0; i < count; i++) out[i] = table[i] < 0 ? fill : x[table[i]];
}

// MARK: Whole numbers

HEARTH_CLONES static void cloned_quantize(const float *x, const float *scale, const float *zero, float *out, long outer,
                     long channels, long inner, float low, float high) {
    for (long o = 0; o < outer; o++)
        for (long c = 0; c < channels; c++) {
            // The limits are whole, so keeping within them first changes nothing.
            const float least = low - zero[c], most = high - zero[c];
            for (long i = 0; i < inner; i++) {
                const long at = (o * channels + c) * inner + i;
                float value = x[at] / scale[c];
                value = value < least ? least : value;
                value = value > most ? most : value;
                out[at] = ((value + ROUNDER) - ROUNDER) + zero[c];
            }
        }
}

HEARTH_CLONES static void cloned_dequantize(const float *x, const float *scale, const float *zero, float *out,
                       long outer, long channels, long inner) {
    for (long o = 0; o < outer; o++)
        for (long c = 0; c < channels; c++)
            for (long i = 0; i < inner; i++) {
                const long at = (o * channels + c) * inner + i;
                out[at] = (x[at] - zero[c]) * scale[c];
            }
}

// MARK: Trees

// No branch is taken on the way: every comparison is made, eight trees at once, and each strikes out leaves.
HEARTH_CLONES static void cloned_trees(const struct hearth_tree_group *groups, long count,
                  const struct hearth_tree_slot *slots, const float *values, const float *x, float *out) {
    for (const struct hearth_tree_group *group = groups; group < groups + count; group++) {
        int8 left = (int8){0} - 1;
        for (int32_t slot = group->slots; slot > 0; slot--, slots++) {
            const int32_t *f = slots->feature;
            const float8 value = {x[f[0]], x[f[1]], x[f[2]], x[f[3]], x[f[4]], x[f[5]], x[f[6]], x[f[7]]};
            const int8 holds = value <= *(const float8 *)slots->threshold;
            const int8 missing = (value != value) & *(const int8 *)slots->missing;
            left &= *(const int8 *)slots->kept | holds | missing;
        }
        float sum = out[group->score];
        for (int lane = 0; lane < HEARTH_TREE_LANES; lane++)
            sum += values[group->first[lane] + __builtin_ctz((unsigned)left[lane])];
        out[group->score] = sum;
    }
}

// MARK: In front of the copies

void hearth_dense(const float *x, const float *packed, const float *bias, float *out, long rows, long depth, long columns) {
    cloned_dense(x, packed, bias, out, rows, depth, columns);
}

void hearth_conv1d(const float *x, const float *packed, const float *bias, float *scratch, float *out, struct hearth_conv s) {
    cloned_conv1d(x, packed, bias, scratch, out, s);
}

void hearth_matmul(const float *a, const float *b, float *out, struct hearth_matmul s) {
    cloned_matmul(a, b, out, s);
}

void hearth_unary(int kind, const float *x, float *out, long count, float low, float high) {
    cloned_unary(kind, x, out, count, low, high);
}

void hearth_binary(int kind, const float *a, const float *b, float *out, struct hearth_binary s) {
    cloned_binary(kind, a, b, out, s);
}

void hearth_softmax(const float *x, float *out, long outer, long count, long inner) {
    cloned_softmax(x, out, outer, count, inner);
}

void hearth_mean(const float *x, float *out, long outer, long count, long inner) {
    cloned_mean(x, out, outer, count, inner);
}

void hearth_quantize(const float *x, const float *scale, const float *zero, float *out, long outer, long channels, long inner, float low, float high) {
    cloned_quantize(x, scale, zero, out, outer, channels, inner, low, high);
}

void hearth_dequantize(const float *x, const float *scale, const float *zero, float *out, long outer, long channels, long inner) {
    cloned_dequantize(x, scale, zero, out, outer, channels, inner);
}

void hearth_trees(const struct hearth_tree_group *groups, long count, const struct hearth_tree_slot *slots,
                  const float *values, const float *x, float *out, long scores, float factor, const float *base) {
    for (long score = 0; score < scores; score++) out[score] = 0;
    cloned_trees(groups, count, slots, values, x, out);
    for (long score = 0; score < scores; score++) out[score] = out[score] * factor + base[score];
}
