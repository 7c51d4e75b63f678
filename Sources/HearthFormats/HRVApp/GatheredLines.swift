// SPDX-License-Identifier: Apache-2.0

/// What reads a recording line by line and gathers what it finds.
protocol GatheredLines {
    /// What a line must be, for the refusal of longer ones.
    static var expected: String { get }
    var output: GatheredOutput { get set }
    var scanner: LineScanner { get set }
    var hasEnded: Bool { get set }

    mutating func take(_ line: Span<UInt8>) throws(ReadError)
    /// Gathers what is still held back; nothing follows.
    mutating func flush()
}

extension GatheredLines {
    mutating func flush() {}

    mutating func read(
        _ bytes: Span<UInt8>, isLast: Bool = false,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard !hasEnded else { return }
        var index = 0
        do throws(ReadError) {
            while let line = scanner.next(bytes, &index, isLast: isLast) {
                switch line {
                case .input(let range): try take(bytes.extracting(range))
                case .held:
                    var held: [UInt8] = []
                    scanner.swapHeld(with: &held)
                    try take(held.span)
                    scanner.swapHeld(with: &held)
                case .tooLong:
                    output.count(
                        .limitExceeded, at: scanner.position, found: "a longer line",
                        expected: Self.expected)
                }
                if scanner.position.record & 0xFFFF == 0 { output.drain(into: &sink) }
            }
        } catch {
            conclude(into: &sink)
            throw error
        }
        output.drain(into: &sink)
    }

    mutating func conclude(into sink: inout some SampleSink & ~Copyable) {
        hasEnded = true
        flush()
        output.finish(into: &sink)
    }
}
