// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthDSP
public import Testing

/// The contract of every `StreamOperator`: 20 seeds of random cuts, the state saved and restored at
/// each cut, and the answer equal to batch.
public func checkOperator<Operator: StreamOperator>(
    _ make: () -> Operator, input: [Operator.Input], seeds: Range<UInt64> = 1..<21,
    sourceLocation: SourceLocation = #_sourceLocation
) where Operator.Output: Equatable {
    var batch = make()
    let expected = batch.batch(input)
    for seed in seeds {
        let online = runInPieces(make(), input, seed: seed)
        #expect(
            online == expected, "online differs from batch, seed \(seed)",
            sourceLocation: sourceLocation)
    }
}

private func runInPieces<Operator: StreamOperator>(
    _ start: Operator, _ input: [Operator.Input], seed: UInt64
) -> [Operator.Output] {
    var random = SeededRandom(seed: seed)
    var state = start
    var output: [Operator.Output] = []
    let collect: (Span<Operator.Output>) -> Void = { span in
        for index in span.indices { output.append(span[index]) }
    }
    var next = 0
    while next < input.count {
        let count = Int.random(in: 1...max(1, min(97, input.count - next)), using: &random)
        let piece = Array(input[next..<next + count])
        state.push(piece.span, emit: collect)
        state = savedAndRestored(state)
        next += count
    }
    state.finish(emit: collect)
    return output
}

private func savedAndRestored<Operator: StreamOperator>(_ state: Operator) -> Operator {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
        return try decoder.decode(Operator.self, from: encoder.encode(state))
    } catch {
        Issue.record("the state of \(Operator.self) cannot be saved and restored: \(error)")
        return state
    }
}
