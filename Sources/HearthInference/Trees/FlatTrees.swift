// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// Decision trees laid out so that several are looked at side by side, without a branch.
///
/// The leaves of a tree are the bits of a word, in the order of a walk that takes the way of a comparison
/// that holds first. A comparison that does not hold strikes out the leaves on its other way; of what
/// all comparisons leave, the lowest bit is the leaf that a walk would come to. Leaves are added in the
/// order of the trees: the bits are those of ``TreeEnsemble/score(_:into:)``.
///
/// - Source: `lucchese2015`.
struct FlatTrees: Sendable {
    private static let lanes = Int(HEARTH_TREE_LANES)

    private var slots: [hearth_tree_slot] = []
    /// Of each group of trees.
    private var slotCounts: [Int32] = []
    /// Of each tree: the place of its first leaf.
    private var firstLeaves: [Int32] = []
    private var leaves: [hearth_tree_leaf] = []
    private var weights: [hearth_tree_weight] = []

    /// A comparison of one tree.
    private struct Branch {
        var node: TreeEnsemble.Node
        var kept: UInt32
    }

    /// - Returns: `nil` if a node compares otherwise than with "at most", or a tree has too many leaves.
    init?(_ ensemble: TreeEnsemble) {
        let usual: [TreeEnsemble.Comparison] = [.lessOrEqual, .leaf]
        guard ensemble.nodes.allSatisfy({ usual.contains($0.comparison) }) else { return nil }
        weights = ensemble.weights.map { hearth_tree_weight(score: $0.score, value: $0.value) }
        for first in stride(from: 0, to: ensemble.roots.count, by: Self.lanes) {
            var group: [[Branch]] = []
            for root in ensemble.roots[first..<min(first + Self.lanes, ensemble.roots.count)] {
                guard let branches = branches(of: root, ensemble) else { return nil }
                group.append(branches)
            }
            while group.count < Self.lanes { group.append(emptyTree()) }
            append(group)
        }
    }

    /// Adds a tree's leaves and gives its comparisons; `nil` if it has too many leaves.
    private mutating func branches(of root: Int32, _ ensemble: TreeEnsemble) -> [Branch]? {
        firstLeaves.append(Int32(leaves.count))
        var branches: [Branch] = []
        /// Nodes whose leaves come next, and branches whose first way ends there.
        enum Task {
            case node(Int32)
            case close(branch: Int, firstLeaf: Int)
        }
        var open: [Task] = [.node(root)]
        var count = 0
        while let task = open.popLast() {
            switch task {
            case .node(let place):
                let node = ensemble.nodes[Int(place)]
                guard node.comparison == .leaf else {
                    open.append(.node(node.no))
                    open.append(.close(branch: branches.count, firstLeaf: count))
                    open.append(.node(node.yes))
                    branches.append(Branch(node: node, kept: ~0))
                    continue
                }
                count += 1
                guard count <= Int(HEARTH_TREE_LEAVES) else { return nil }
                leaves.append(
                    hearth_tree_leaf(first: node.feature, end: node.feature + node.yes))
            case .close(let branch, let firstLeaf):
                // The bits from the first leaf on. A shift past the word's end gives 0.
                let struck = (UInt32(1) << UInt32(count)) &- (UInt32(1) << UInt32(firstLeaf))
                branches[branch].kept = ~struck
            }
        }
        return branches
    }

    /// A tree that adds nothing, to fill a group.
    private mutating func emptyTree() -> [Branch] {
        firstLeaves.append(Int32(leaves.count))
        leaves.append(hearth_tree_leaf(first: 0, end: 0))
        return []
    }

    private mutating func append(_ group: [[Branch]]) {
        let count = group.map(\.count).max() ?? 0
        for place in 0..<count {
            // Where a tree has no more comparisons, one that holds for everything.
            let row = group.map { place < $0.count ? $0[place] : nil }
            func lanes<Value>(_ value: (Branch?) -> Value) -> Lanes<Value> {
                (
                    value(row[0]), value(row[1]), value(row[2]), value(row[3]), value(row[4]),
                    value(row[5]), value(row[6]), value(row[7])
                )
            }
            slots.append(
                hearth_tree_slot(
                    threshold: lanes { $0?.node.threshold ?? .infinity },
                    feature: lanes { $0?.node.feature ?? 0 },
                    missing: lanes { $0.map { $0.node.missingIsYes ? -1 : 0 } ?? -1 },
                    kept: lanes { $0?.kept ?? ~0 }))
        }
        slotCounts.append(Int32(count))
    }

    /// An array of C's.
    private typealias Lanes<Value> = (Value, Value, Value, Value, Value, Value, Value, Value)

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
            slots, slotCounts, slotCounts.count, firstLeaves, leaves, weights, row, out,
            ensemble.scores, ensemble.factor, ensemble.base)
    }
}
