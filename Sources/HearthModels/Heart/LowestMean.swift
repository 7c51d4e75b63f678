// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// The lowest window mean of a stream, given at its end.
///
/// Shape: one output at the end, or none if no window qualified. A window qualifies with at least
/// `fewestSamples` samples that lie at least `shortestSeconds` apart. Of equal means the first one
/// stays.
public struct LowestMean: StreamOperator {
    public typealias Input = WindowMean
    public typealias Output = WindowMean

    public let fewestSamples: Int
    public let shortestSeconds: Int64
    private var lowest: WindowMean?

    public init(fewestSamples: Int, shortestSeconds: Int64) {
        self.fewestSamples = fewestSamples
        self.shortestSeconds = shortestSeconds
    }

    public mutating func push(_ input: Span<WindowMean>, emit: (Span<WindowMean>) -> Void) {
        let shortest = Timestamp(seconds: shortestSeconds).nanoseconds
        for index in input.indices {
            let window = input[index]
            guard window.count >= fewestSamples, window.extent >= shortest else { continue }
            if lowest.map({ window.mean < $0.mean }) ?? true { lowest = window }
        }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<WindowMean>) -> Void) {}

    public mutating func finish(emit: (Span<WindowMean>) -> Void) {
        if let lowest { emit([lowest].span) }
        lowest = nil
    }
}
