// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// Decision trees laid out so that several are walked at once without a branch.
///
/// Nodes stand tree by tree and level by level, the two ways on from a node side by side. A leaf leads to
/// itself, so that every tree of a group may take as many steps as the deepest one. Leaves are added in
/// the order of the trees: the bits are those of ``TreeEnsemble/score(_:into:)``.
struct FlatTrees: Sendable {
    private var nodes: [hearth_tree_node] = []
    /// Of each node: where its weights begin, and where they end.
    private var leaves: [hearth_tree_leaf] = []
    private var weights: [hearth_tree_weight] = []
    private var roots: [Int32] = []
    /// Comparisons on the longest way down, of each tree.
    private var depths: [Int32] = []

    /// - Returns: `nil` if a node compares otherwise than with "at most".
    init?(_ ensemble: TreeEnsemble) {
        let usual: [TreeEnsemble.Comparison] = [.lessOrEqual, .leaf]
        guard ensemble.nodes.allSatisfy({ usual.contains($0.comparison) }) else { return nil }
        weights = ensemble.weights.map { hearth_tree_weight(score: $0.score, value: $0.value) }
        for root in ensemble.roots { append(root, ensemble) }
    }

    private mutating func append(_ root: Int32, _ ensemble: TreeEnsemble) {
        roots.append(Int32(nodes.count))
        var level = [root]
        var depth: Int32 = -1
        while !level.isEmpty {
            depth += 1
            let behind = nodes.count + level.count
            var following: [Int32] = []
            for place in level {
                let node = ensemble.nodes[Int(place)]
                guard node.comparison == .leaf else {
                    nodes.append(
                        hearth_tree_node(
                            threshold: node.threshold, feature: node.feature,
                            next: Int32(behind + following.count),
                            missing: node.missingIsYes ? 1 : 0))
                    leaves.append(hearth_tree_leaf(first: 0, end: 0))
                    following += [node.yes, node.no]
                    continue
                }
                // Everything is at most infinity, and what is missing takes the same way.
                nodes.append(
                    hearth_tree_node(
                        threshold: .infinity, feature: 0, next: Int32(nodes.count), missing: 1))
                leaves.append(
                    hearth_tree_leaf(first: node.feature, end: node.feature + node.yes))
            }
            level = following
        }
        depths.append(depth)
    }

    /// Scores of one row.
    ///
    /// - Parameters:
    ///   - row: as many floats as the ensemble has features.
    ///   - out: room for its scores.
    func score(
        _ row: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, _ ensemble: TreeEnsemble
    ) {
        // Every number in these lists is a place within another of them, or within the row or the scores,
        // as the reader of the trees checked.
        unsafe hearth_trees(
            nodes, leaves, weights, roots, depths, roots.count, row, out, ensemble.scores,
            ensemble.factor, ensemble.base)
    }
}
