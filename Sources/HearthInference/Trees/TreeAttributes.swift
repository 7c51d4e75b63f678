// SPDX-License-Identifier: Apache-2.0

/// Names of the attributes of the tree operators.
enum TreeAttributes {
    static let shared: Set<String> = [
        "base_values", "nodes_falsenodeids", "nodes_featureids", "nodes_hitrates",
        "nodes_missing_value_tracks_true", "nodes_modes", "nodes_nodeids", "nodes_treeids",
        "nodes_truenodeids", "nodes_values", "post_transform",
    ]
    static let regressor: Set<String> = [
        "aggregate_function", "n_targets", "target_ids", "target_nodeids", "target_treeids",
        "target_weights",
    ]
    static let classifier: Set<String> = [
        "class_ids", "class_nodeids", "class_treeids", "class_weights", "classlabels_int64s",
    ]
}

extension TreeEnsemble {
    /// One leaf or branch of one tree: its name in the lists.
    fileprivate struct Key: Hashable {
        var tree: Int
        var node: Int
    }
}

/// Tree ensembles.
extension PlanBuilder {
    mutating func trees(_ kind: ModelOperator) throws(InferenceError) {
        let x = try number(0)
        guard x.shape.count == 2 else {
            throw mismatch("\(x.shape)", expected: "rows by features")
        }
        var ensemble = TreeEnsemble()
        ensemble.features = x.shape[1]
        let leaf: String
        if kind == .treeEnsembleRegressor {
            leaf = "target"
            ensemble.scores = try integer("n_targets", default: 1)
        } else {
            leaf = "class"
            let labels = try list("classlabels_int64s") ?? []
            // A float holds every whole number up to here.
            guard labels.allSatisfy({ abs($0.clampedToLabel) < 1 << 24 }) else {
                throw fault(.unsupported, "other labels", expected: "int64 labels below 2^24")
            }
            ensemble.labels = labels.map { Float($0) }
            ensemble.scores = labels.count
        }
        guard (1...4096).contains(ensemble.scores) else {
            throw fault(.unsupported, "\(ensemble.scores) scores", expected: "1 to 4096")
        }
        let places = try nodes(into: &ensemble)
        try leaves(into: &ensemble, places, named: leaf)
        try settings(of: &ensemble, kind)
        ensemble.flat = FlatTrees(ensemble)
        try results(of: ensemble, x)
    }

    private mutating func results(
        of ensemble: TreeEnsemble, _ x: PlannedValue
    ) throws(InferenceError) {
        let rows = x.shape[0]
        let (walk, overflow) = (ensemble.depth + 1)
            .multipliedReportingOverflow(by: ensemble.roots.count * rows)
        try spend(work: overflow ? nil : walk)
        ensembles.append(ensemble)
        let isClassifier = !ensemble.labels.isEmpty
        // The scores first; a classifier's labels stand behind them in one buffer.
        let width = ensemble.scores + (isClassifier ? 1 : 0)
        let scores = try run(
            .trees(
                ensemble: ensembles.count - 1, rows: rows, features: ensemble.features,
                scores: width),
            a: place(x, name: node.inputs[0]), shape: [rows, width])
        guard isClassifier else { return try define(0, scores) }
        try define(1, try part(of: scores, axis: 1, start: 0, count: width - 1, step: 1))
        var labels = try part(of: scores, axis: 1, start: width - 1, count: 1, step: 1)
        labels.shape = [rows]
        labels.type = .int64
        try define(0, labels)
    }

    private func settings(
        of ensemble: inout TreeEnsemble, _ kind: ModelOperator
    ) throws(InferenceError) {
        switch try text("post_transform", default: "NONE") {
        case "NONE": break
        case "SOFTMAX": ensemble.transform = .softmax
        case "LOGISTIC": ensemble.transform = .logistic
        default:
            throw fault(
                .unsupported, "another post_transform", expected: "NONE, SOFTMAX or LOGISTIC")
        }
        if kind == .treeEnsembleRegressor {
            switch try text("aggregate_function", default: "SUM") {
            case "SUM": break
            case "AVERAGE": ensemble.factor = 1 / Float(ensemble.roots.count)
            default: throw fault(.unsupported, "another aggregate", expected: "SUM or AVERAGE")
            }
        } else if ensemble.scores <= 2, Set(ensemble.weights.map(\.score)).count == 1 {
            throw fault(
                .unsupported, "weights for one of two classes",
                expected: "weights for each class, or a regressor")
        }
        let base = try numbers("base_values")
        guard base.isEmpty || base.count == ensemble.scores else {
            throw mismatch("\(base.count) base values", expected: "0 or \(ensemble.scores)")
        }
        ensemble.base = base.isEmpty ? Array(repeating: 0, count: ensemble.scores) : base
    }

    private func numbers(_ name: String) throws(InferenceError) -> [Float] {
        switch node.attributes[name] {
        case nil: return []
        case .floats(let values)?: return values
        default: throw wrongType
        }
    }

    /// A list of the ensemble, as long as `count` says.
    private func column(_ name: String, _ count: Int) throws(InferenceError) -> [Int] {
        let values = try list(name) ?? []
        guard values.count == count else {
            throw mismatch("\(values.count) entries of a list", expected: "\(count)")
        }
        return values
    }

    // MARK: Nodes

    /// Reads branches and leaves, checks that they are trees, and tells where each went.
    private func nodes(
        into ensemble: inout TreeEnsemble
    ) throws(InferenceError) -> [TreeEnsemble.Key: Int32] {
        let treeNumbers = try list("nodes_treeids") ?? []
        let count = treeNumbers.count
        let numbers = try column("nodes_nodeids", count)
        let features = try column("nodes_featureids", count)
        let thresholds = try self.numbers("nodes_values")
        let missing = try list("nodes_missing_value_tracks_true") ?? []
        guard case .strings(let modes)? = node.attributes["nodes_modes"], modes.count == count,
            thresholds.count == count, missing.isEmpty || missing.count == count, count > 0
        else { throw mismatch("lists of different length", expected: "one entry a node") }
        var places: [TreeEnsemble.Key: Int32] = [:]
        for index in 0..<count {
            let key = TreeEnsemble.Key(tree: treeNumbers[index], node: numbers[index])
            guard places.updateValue(Int32(index), forKey: key) == nil else {
                throw fault(.damaged, "a tree node twice", expected: "each node once")
            }
            var node = TreeEnsemble.Node()
            node.comparison = try comparison(modes[index])
            node.threshold = thresholds[index]
            node.missingIsYes = missing.isEmpty ? false : missing[index] != 0
            if node.comparison != .leaf {
                guard (0..<ensemble.features).contains(features[index]) else {
                    throw mismatch(
                        "a feature past the end", expected: "one of \(ensemble.features)")
                }
                node.feature = Int32(features[index])
            }
            ensemble.nodes.append(node)
        }
        try connect(&ensemble, places, treeNumbers)
        return places
    }

    private func comparison(_ mode: String) throws(InferenceError) -> TreeEnsemble.Comparison {
        switch mode {
        case "BRANCH_LEQ": return .lessOrEqual
        case "BRANCH_LT": return .less
        case "BRANCH_GTE": return .greaterOrEqual
        case "BRANCH_GT": return .greater
        case "BRANCH_EQ": return .equal
        case "BRANCH_NEQ": return .notEqual
        case "LEAF": return .leaf
        default: throw fault(.unsupported, "another comparison", expected: "BRANCH_… or LEAF")
        }
    }

    /// Joins branches with what follows. A node with one way in at most, and one root a tree: whatever is
    /// reached from a root is a tree.
    private func connect(
        _ ensemble: inout TreeEnsemble, _ places: [TreeEnsemble.Key: Int32], _ treeNumbers: [Int]
    ) throws(InferenceError) {
        let count = ensemble.nodes.count
        let yes = try column("nodes_truenodeids", count)
        let no = try column("nodes_falsenodeids", count)
        var hasParent = Array(repeating: false, count: count)
        for index in 0..<count where ensemble.nodes[index].comparison != .leaf {
            let tree = treeNumbers[index]
            guard let left = places[.init(tree: tree, node: yes[index])],
                let right = places[.init(tree: tree, node: no[index])]
            else { throw fault(.damaged, "a branch to nowhere", expected: "a node of its tree") }
            guard left != right, !hasParent[Int(left)], !hasParent[Int(right)] else {
                throw fault(.damaged, "two ways to one node", expected: "trees")
            }
            hasParent[Int(left)] = true
            hasParent[Int(right)] = true
            ensemble.nodes[index].yes = left
            ensemble.nodes[index].no = right
        }
        var seen: Set<Int> = []
        for index in 0..<count where !hasParent[index] {
            guard seen.insert(treeNumbers[index]).inserted else {
                throw fault(.damaged, "a tree of two roots", expected: "one root a tree")
            }
            ensemble.roots.append(Int32(index))
        }
        guard seen.count == Set(treeNumbers).count else {
            throw fault(.damaged, "a tree without a root", expected: "one root a tree")
        }
        let (depth, reached) = Self.walk(ensemble)
        guard reached == count else {
            throw fault(.damaged, "a branch that leads back", expected: "trees")
        }
        ensemble.depth = depth
    }

    /// Comparisons on the longest way down, and how many nodes some way meets.
    private static func walk(_ ensemble: TreeEnsemble) -> (depth: Int, reached: Int) {
        var deepest = 0
        var reached = 0
        var open = ensemble.roots.map { (place: $0, depth: 0) }
        while let next = open.popLast() {
            let node = ensemble.nodes[Int(next.place)]
            reached += 1
            deepest = max(deepest, next.depth)
            if node.comparison != .leaf {
                open.append((node.yes, next.depth + 1))
                open.append((node.no, next.depth + 1))
            }
        }
        return (deepest, reached)
    }

    // MARK: Leaves

    private func leaves(
        into ensemble: inout TreeEnsemble, _ places: [TreeEnsemble.Key: Int32], named name: String
    ) throws(InferenceError) {
        let scores = try list("\(name)_ids") ?? []
        let treeNumbers = try column("\(name)_treeids", scores.count)
        let numbers = try column("\(name)_nodeids", scores.count)
        let values = try self.numbers("\(name)_weights")
        guard values.count == scores.count else {
            throw mismatch("\(values.count) weights", expected: "\(scores.count)")
        }
        var ofNode: [(node: Int32, weight: TreeEnsemble.Weight)] = []
        for index in scores.indices {
            guard let node = places[.init(tree: treeNumbers[index], node: numbers[index])],
                ensemble.nodes[Int(node)].comparison == .leaf
            else { throw fault(.damaged, "a weight without a leaf", expected: "a leaf") }
            guard (0..<ensemble.scores).contains(scores[index]) else {
                throw mismatch("a score past the end", expected: "one of \(ensemble.scores)")
            }
            ofNode.append((node, .init(score: Int32(scores[index]), value: values[index])))
        }
        // Stable order: leaves as they stand, weights of a leaf as they were listed.
        let order = ofNode.indices.sorted { (ofNode[$0].node, $0) < (ofNode[$1].node, $1) }
        for index in order {
            let (node, weight) = ofNode[index]
            let place = Int(node)
            if ensemble.nodes[place].yes == 0 {
                ensemble.nodes[place].feature = Int32(ensemble.weights.count)
            }
            ensemble.nodes[place].yes += 1
            ensemble.weights.append(weight)
        }
        // A row adds at most every weight of a leaf for each tree; the depth stands for the rest.
        let most = ensemble.nodes.filter { $0.comparison == .leaf }.map { Int($0.yes) }.max() ?? 0
        ensemble.depth += most
    }
}

extension Int {
    /// Keeps `abs` from meeting the least integer.
    fileprivate var clampedToLabel: Int { Swift.max(self, -(1 << 32)) }
}
