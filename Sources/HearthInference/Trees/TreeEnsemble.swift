// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// Decision trees in flat lists, walked without allocation.
///
/// Every index was checked when the ensemble was made, and each root begins a tree: a walk ends after at
/// most `depth` steps.
struct TreeEnsemble: Sendable {
    /// Where a comparison sends a row that has no value there.
    enum Comparison: UInt8, Sendable {
        case lessOrEqual, less, greaterOrEqual, greater, equal, notEqual, leaf
    }

    struct Node: Sendable {
        var threshold: Float = 0
        /// Place of the feature; at a leaf, of its first weight.
        var feature: Int32 = 0
        /// Next node if the comparison holds; at a leaf, the number of its weights.
        var yes: Int32 = 0
        var no: Int32 = 0
        var comparison = Comparison.leaf
        var missingIsYes = false
    }

    /// What a leaf adds to one score.
    struct Weight: Sendable {
        var score: Int32
        var value: Float
    }

    enum Transform: Sendable { case none, softmax, logistic }

    var nodes: [Node] = []
    var roots: [Int32] = []
    var weights: [Weight] = []
    var base: [Float] = []
    var scores = 1
    var features = 0
    /// Comparisons on the longest way down.
    var depth = 0
    /// 1, or one over the number of trees where the mean is taken.
    var factor: Float = 1
    var transform = Transform.none
    /// Of a classifier: the label of each score.
    var labels: [Float] = []
    /// The same trees laid out for a fast walk, if they can be.
    var flat: FlatTrees?

    /// Scores of one row, node by node.
    ///
    /// - Complexity: O(trees × depth)
    func score(_ row: Span<Float>, into out: inout MutableSpan<Float>) {
        for index in 0..<scores { out[index] = 0 }
        for root in roots {
            var node = nodes[Int(root)]
            while node.comparison != .leaf {
                let next = holds(node, row[Int(node.feature)]) ? node.yes : node.no
                node = nodes[Int(next)]
            }
            for index in Int(node.feature)..<Int(node.feature) + Int(node.yes) {
                out[Int(weights[index].score)] += weights[index].value
            }
        }
        for index in 0..<scores { out[index] = out[index] * factor + base[index] }
    }

    @inline(__always)
    private func holds(_ node: Node, _ value: Float) -> Bool {
        // A comparison with a missing value (NaN) does not hold, unless the node says so.
        if node.missingIsYes, value.isNaN { return true }
        switch node.comparison {
        case .lessOrEqual: return value <= node.threshold
        case .less: return value < node.threshold
        case .greaterOrEqual: return value >= node.threshold
        case .greater: return value > node.threshold
        case .equal: return value == node.threshold
        case .notEqual: return value != node.threshold
        case .leaf: return false
        }
    }

    /// The label of the highest score; the first of equals.
    func label(_ scores: Span<Float>) -> Float {
        var best = 0
        for index in 0..<labels.count where scores[index] > scores[best] { best = index }
        return labels[best]
    }
}
