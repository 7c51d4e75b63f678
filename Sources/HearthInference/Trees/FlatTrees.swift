// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// Decision trees laid out so that several are looked at side by side, without a branch.
///
/// The leaves of a tree are the bits of a word, in the order of a walk that takes the way of a comparison
/// that holds first. A comparison that does not hold strikes out the leaves on its other way; of what
/// all comparisons leave, the lowest bit is the leaf that a walk would come to. Trees of one score stand
/// together and are added in their order: the bits are those of ``TreeEnsemble/score(_:into:)``.
///
/// - Source: `lucchese2015`.
struct FlatTrees: Sendable {
    private static let lanes = Int(HEARTH_TREE_LANES)

    private var groups: [hearth_tree_group] = []
    private var slots: [hearth_tree_slot] = []
    /// What each leaf adds, leaf by leaf and tree by tree.
    private var values: [Float] = []

    private struct Tree {
        var branches: [Branch] = []
        var score: Int32 = 0
        /// The place of its first leaf.
        var first: Int32
    }

    /// A comparison of one tree.
    private struct Branch {
        var node: TreeEnsemble.Node
        var kept: UInt32
    }

    /// - Returns: `nil` if a node compares otherwise than with "at most", a tree has too many leaves, or the
    ///   leaves of a tree do not add one number each to one score.
    init?(_ ensemble: TreeEnsemble) {
        let usual: [TreeEnsemble.Comparison] = [.lessOrEqual, .leaf]
        guard ensemble.nodes.allSatisfy({ usual.contains($0.comparison) }) else { return nil }
        var trees: [Int32: [Tree]] = [:]
        for root in ensemble.roots {
            guard let tree = tree(at: root, ensemble) else { return nil }
            trees[tree.score, default: []].append(tree)
        }
        // What fills a group adds nothing.
        let empty = Tree(first: Int32(values.count))
        values.append(0)
        for (score, all) in trees.sorted(by: { $0.key < $1.key }) {
            for first in stride(from: 0, to: all.count, by: Self.lanes) {
                let group = Array(all[first..<min(first + Self.lanes, all.count)])
                append(
                    group + Array(repeating: empty, count: Self.lanes - group.count), score: score)
            }
        }
    }

    /// Adds a tree's leaves and gives its comparisons.
    private mutating func tree(at root: Int32, _ ensemble: TreeEnsemble) -> Tree? {
        var tree = Tree(score: -1, first: Int32(values.count))
        /// Nodes whose leaves come next, and branches whose first way ends there.
        enum Visit {
            case node(Int32)
            case close(branch: Int, firstLeaf: Int)
        }
        var open: [Visit] = [.node(root)]
        var count = 0
        while let visit = open.popLast() {
            switch visit {
            case .node(let place):
                let node = ensemble.nodes[Int(place)]
                guard node.comparison == .leaf else {
                    open.append(.node(node.no))
                    open.append(.close(branch: tree.branches.count, firstLeaf: count))
                    open.append(.node(node.yes))
                    tree.branches.append(Branch(node: node, kept: ~0))
                    continue
                }
                guard node.yes == 1, count < Int(HEARTH_TREE_LEAVES) else { return nil }
                let weight = ensemble.weights[Int(node.feature)]
                guard tree.score == -1 || tree.score == weight.score else { return nil }
                tree.score = weight.score
                count += 1
                values.append(weight.value)
            case .close(let branch, let firstLeaf):
                // The bits from the first leaf on. A shift past the word's end gives 0.
                let struck = (UInt32(1) << UInt32(count)) &- (UInt32(1) << UInt32(firstLeaf))
                tree.branches[branch].kept = ~struck
            }
        }
        return tree
    }

    private mutating func append(_ trees: [Tree], score: Int32) {
        let count = trees.map(\.branches.count).max() ?? 0
        for place in 0..<count {
            // Where a tree has no more comparisons, one that holds for everything.
            let row = trees.map { place < $0.branches.count ? $0.branches[place] : nil }
            slots.append(
                hearth_tree_slot(
                    threshold: Self.array(row.map { $0?.node.threshold ?? .infinity }),
                    feature: Self.array(row.map { $0?.node.feature ?? 0 }),
                    missing: Self.array(row.map { $0?.node.missingIsYes ?? true ? -1 : 0 }),
                    kept: Self.array(row.map { $0?.kept ?? ~0 })))
        }
        groups.append(
            hearth_tree_group(
                slots: Int32(count), score: score, first: Self.array(trees.map(\.first))))
    }

    /// A list as an array of C's.
    private static func array<Value>(_ list: [Value]) -> (
        Value, Value, Value, Value, Value, Value, Value, Value
    ) { (list[0], list[1], list[2], list[3], list[4], list[5], list[6], list[7]) }

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
            groups, groups.count, slots, values, row, out, ensemble.scores, ensemble.factor,
            ensemble.base)
    }
}
