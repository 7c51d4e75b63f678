// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport
import Testing

@testable import HearthInference

/// Trees looked at side by side against the walk node by node: the same bits.
@Suite struct FlatTreesTests {
    /// Trees of chance shapes: lone leaves and up to 32 of them, each tree with a score of its own.
    private static func ensemble(trees: Int, seed: UInt64) -> TreeEnsemble {
        var random = SeededRandom(seed: seed)
        var ensemble = TreeEnsemble()
        ensemble.features = 5
        ensemble.scores = 3
        ensemble.factor = 0.25
        ensemble.base = [0.5, -1, 0]
        var score: Int32 = 0
        func grow(_ depth: Int) -> Int32 {
            let place = ensemble.nodes.count
            ensemble.nodes.append(.init())
            if depth < 5, Int.random(in: 0..<10, using: &random) < 8 {
                ensemble.nodes[place].comparison = .lessOrEqual
                ensemble.nodes[place].threshold = Float.random(in: -1...1, using: &random)
                ensemble.nodes[place].feature = Int32.random(in: 0..<5, using: &random)
                ensemble.nodes[place].missingIsYes = Bool.random(using: &random)
                let yes = grow(depth + 1)
                ensemble.nodes[place].yes = yes
                let no = grow(depth + 1)
                ensemble.nodes[place].no = no
                return Int32(place)
            }
            ensemble.nodes[place].feature = Int32(ensemble.weights.count)
            ensemble.nodes[place].yes = 1
            ensemble.weights.append(
                .init(score: score, value: Float.random(in: -1...1, using: &random)))
            return Int32(place)
        }
        for _ in 0..<trees {
            score = Int32.random(in: 0..<3, using: &random)
            ensemble.roots.append(grow(0))
        }
        return ensemble
    }

    @Test(arguments: [1, 7, 8, 9, 40])
    func `scores have the bits of a walk node by node`(_ trees: Int) throws {
        for seed in 0..<20 as Range<UInt64> {
            let ensemble = Self.ensemble(trees: trees, seed: seed)
            let flat = try #require(FlatTrees(ensemble))
            var random = SeededRandom(seed: seed + 1000)
            for _ in 0..<50 {
                let row = (0..<5).map { _ in
                    Int.random(in: 0..<6, using: &random) == 0
                        ? Float.nan : Float.random(in: -1.2...1.2, using: &random)
                }
                var expected = [Float](repeating: .nan, count: 3)
                var span = expected.mutableSpan
                ensemble.score(row.span, into: &span)
                var found = [Float](repeating: .nan, count: 3)
                flat.score(row, into: &found, ensemble)
                #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "seed \(seed)")
            }
        }
    }

    @Test func `infinities and thresholds themselves go the same way`() throws {
        let ensemble = Self.ensemble(trees: 30, seed: 4)
        let flat = try #require(FlatTrees(ensemble))
        for value in ensemble.nodes.map(\.threshold) + [.infinity, -.infinity, 0, -0.0] {
            let row = [Float](repeating: value, count: 5)
            var expected = [Float](repeating: 0, count: 3)
            var span = expected.mutableSpan
            ensemble.score(row.span, into: &span)
            var found = [Float](repeating: 0, count: 3)
            flat.score(row, into: &found, ensemble)
            #expect(found == expected)
        }
    }

    /// One tree in which every comparison that holds ends in a leaf.
    private static func chain(leaves: Int) -> TreeEnsemble {
        var ensemble = TreeEnsemble()
        ensemble.features = 1
        ensemble.base = [0]
        ensemble.roots = [0]
        for leaf in 0..<leaves {
            let place = Int32(ensemble.nodes.count)
            if leaf < leaves - 1 {
                ensemble.nodes.append(
                    .init(
                        threshold: Float(leaf), yes: place + 1, no: place + 2,
                        comparison: .lessOrEqual))
            }
            ensemble.nodes.append(.init(feature: Int32(leaf), yes: 1))
            ensemble.weights.append(.init(score: 0, value: Float(leaf)))
        }
        return ensemble
    }

    @Test func `a tree may have 32 leaves and no more`() throws {
        let ensemble = Self.chain(leaves: 32)
        let flat = try #require(FlatTrees(ensemble))
        for leaf in 0..<40 {
            var found: [Float] = [.nan]
            flat.score([Float(leaf)], into: &found, ensemble)
            #expect(found == [Float(min(leaf, 31))])
        }
        #expect(!Self.isFlat(Self.chain(leaves: 33)))
    }

    private static func isFlat(_ ensemble: TreeEnsemble) -> Bool {
        switch FlatTrees(ensemble) {
        case nil: false
        case _?: true
        }
    }

    @Test func `trees with another comparison are walked node by node`() {
        var ensemble = Self.chain(leaves: 4)
        #expect(Self.isFlat(ensemble))
        ensemble.nodes[0].comparison = .less
        #expect(!Self.isFlat(ensemble))
    }

    @Test func `trees with a leaf of no weight are walked node by node`() {
        var ensemble = Self.chain(leaves: 4)
        ensemble.nodes[1].yes = 0
        #expect(!Self.isFlat(ensemble))
    }

    @Test func `trees that add to several scores are walked node by node`() {
        var ensemble = Self.chain(leaves: 4)
        ensemble.scores = 2
        ensemble.base = [0, 0]
        ensemble.weights[1].score = 1
        #expect(!Self.isFlat(ensemble))
    }
}
