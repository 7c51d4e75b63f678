// SPDX-License-Identifier: Apache-2.0

// The arithmetic of Hearth's executor. Every function reads and writes only what its sizes say,
// allocates nothing and keeps nothing. Results do not depend on the processor: products and sums are
// rounded one by one, in the order a plain loop would take, and exp is a polynomial of ours.
#ifndef HEARTH_KERNELS_H
#define HEARTH_KERNELS_H

#include <stdint.h>

/// Outputs of one panel of packed weights; the outputs that are left stand in panels of
/// `HEARTH_SMALL_PANEL`, filled up with zeros.
#define HEARTH_PANEL 32
#define HEARTH_SMALL_PANEL 8
/// Rows that a convolution gathers at once.
#define HEARTH_CONV_TILE 8

/// out[r][j] = bias[j] + Σᵢ x[r][i]·w[i][j], i ascending. `packed` holds the panels one after another,
/// each `depth` rows of its width; `bias` is as long as the panels are wide together.
void hearth_dense(const float *x, const float *packed, const float *bias, float *out, long rows,
                  long depth, long columns);

/// Shape of a convolution along one axis: x [channels][length], out [columns][outLength].
struct hearth_conv {
    long channels, length, taps, stride, dilation, padding, columns, outLength;
};

/// out[j][t] = bias[j] + Σ over channel c and tap k of w[c·taps + k][j] · x[c][t·stride + k·dilation
/// - padding], taken as 0 outside. `scratch` holds HEARTH_CONV_TILE·(channels·taps + columns) floats.
void hearth_conv1d(const float *x, const float *packed, const float *bias, float *scratch,
                   float *out, struct hearth_conv shape);

/// A product of two matrices by strides, in batches.
struct hearth_matmul {
    long batches, rows, columns, depth;
    long aBatch, aRow, aColumn, bBatch, bRow, bColumn;
    float alpha;
};

/// out[r][j] = alpha · Σᵢ a[r][i]·b[i][j].
void hearth_matmul(const float *a, const float *b, float *out, struct hearth_matmul shape);

enum { HEARTH_ADD, HEARTH_SUBTRACT, HEARTH_MULTIPLY, HEARTH_DIVIDE };

/// Two operands over `outer` × `inner` elements; a step of 0 repeats an operand.
struct hearth_binary {
    long outer, inner, aOuter, aInner, bOuter, bInner;
};

void hearth_binary(int kind, const float *a, const float *b, float *out, struct hearth_binary shape);

enum { HEARTH_COPY, HEARTH_RELU, HEARTH_SIGMOID, HEARTH_TANH, HEARTH_CLIP };

/// A function of each element; `low` and `high` are of the clip. NaN stays NaN.
void hearth_unary(int kind, const float *x, float *out, long count, float low, float high);

/// Over the middle of outer × count × inner.
void hearth_softmax(const float *x, float *out, long outer, long count, long inner);
void hearth_mean(const float *x, float *out, long outer, long count, long inner);

/// `outer` runs of `inner` floats from steps of `xStep` to steps of `outStep`.
void hearth_copy_runs(const float *x, float *out, long outer, long inner, long xStep, long outStep);

/// out[i] = x[table[i]], or `fill` where the table says -1.
void hearth_gather(const float *x, const int32_t *table, float *out, long count, float fill);

/// round(x / scale) + zero, halves to even, kept within low...high; and back. One scale and zero a
/// channel of outer × channels × inner.
void hearth_quantize(const float *x, const float *scale, const float *zero, float *out, long outer,
                     long channels, long inner, float low, float high);
void hearth_dequantize(const float *x, const float *scale, const float *zero, float *out,
                       long outer, long channels, long inner);

/// Trees that `hearth_trees` looks at side by side, and the most leaves one may have.
#define HEARTH_TREE_LANES 8
#define HEARTH_TREE_LEAVES 32

/// One comparison of each of `HEARTH_TREE_LANES` trees: x[feature] ≤ threshold. `missing` is -1 where NaN
/// counts as holding, else 0; `kept` has a bit for each leaf that remains where it does not hold.
struct hearth_tree_slot {
    float threshold[HEARTH_TREE_LANES];
    int32_t feature[HEARTH_TREE_LANES], missing[HEARTH_TREE_LANES];
    uint32_t kept[HEARTH_TREE_LANES];
};
/// Trees that all add to one score: how many slots they have, and where the values of each one's leaves
/// begin.
struct hearth_tree_group {
    int32_t slots, score, first[HEARTH_TREE_LANES];
};

/// out[s] = base[s] + factor · Σ of what the leaves that `x` comes to add to score s, tree after tree. Of
/// each tree the leaf of the lowest bit that is left counts. The groups' slots stand one after another.
void hearth_trees(const struct hearth_tree_group *groups, long count,
                  const struct hearth_tree_slot *slots, const float *values, const float *x,
                  float *out, long scores, float factor, const float *base);

#endif
