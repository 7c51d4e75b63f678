// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import HearthInference

/// A small model of `Fixtures` (made by `Training/make_test_models.py`) and what PyTorch makes of it.
struct ModelFixture: Sendable, CustomStringConvertible {
    static let names = ["gru", "conv", "tcn", "shapes", "quantized", "trees", "regressor"]
    static let all = names.map { ModelFixture(name: $0) }

    let name: String

    var description: String { name }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures")

    func bytes() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Self.folder.appending(path: name + ".onnx")))
    }

    func plan(limits: ModelLimits = .standard) throws -> ModelPlan {
        let bytes = try bytes()
        return try ModelPlan(ONNXModel(bytes, limits: limits), limits: limits)
    }

    /// Inputs of successive steps, and the outputs that belong to them.
    func golden() throws -> [(input: [Float], output: [Float])] {
        let data = [UInt8](try Data(contentsOf: Self.folder.appending(path: name + ".golden")))
        var words: [UInt32] = []
        for at in stride(from: 0, to: data.count, by: 4) {
            var word: UInt32 = 0
            for byte in 0..<4 { word |= UInt32(data[at + byte]) << UInt32(8 * byte) }
            words.append(word)
        }
        let (inputs, outputs) = (Int(words[1]), Int(words[2]))
        var steps: [(input: [Float], output: [Float])] = []
        for step in 0..<Int(words[0]) {
            let start = 3 + step * (inputs + outputs)
            let floats = words[start..<start + inputs + outputs].map { Float(bitPattern: $0) }
            steps.append((Array(floats[..<inputs]), Array(floats[inputs...])))
        }
        return steps
    }
}

/// The place of the highest number.
func argmax(_ values: [Float]) -> Int? {
    values.indices.max { values[$0] < values[$1] }
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
