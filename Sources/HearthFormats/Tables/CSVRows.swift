// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What takes the rows of a table one by one, the header row among them.
protocol CSVRows {
    associatedtype Output

    var scanner: CSVScanner { get set }
    /// Where in the recording the table begins.
    var base: Int64 { get }

    mutating func take(
        _ outcome: CSVScanner.Outcome, _ row: Span<UInt8>, _ output: inout Output,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError)
}

extension CSVRows {
    /// First byte and number of the row at hand.
    var position: ReadPosition {
        ReadPosition(byte: base + scanner.position.byte, record: scanner.position.record)
    }

    /// Cuts bytes that arrive in any pieces into rows.
    ///
    /// - Parameter isLast: no bytes follow, so what is left is a row too.
    mutating func read(
        _ bytes: Span<UInt8>, isLast: Bool, _ output: inout Output,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var index = 0
        while let outcome = scanner.next(bytes, &index, isLast: isLast) {
            if scanner.isHeld {
                let held = scanner.held
                try take(outcome, held.span, &output, into: &sink)
            } else {
                try take(outcome, bytes.extracting(scanner.range), &output, into: &sink)
            }
        }
    }
}

extension CSVScanner.Outcome {
    /// Why a row could not be taken apart; `nil` for one that was.
    func fault(_ limits: ReadLimits) -> (code: ReadIssueCode, found: String, expected: String)? {
        switch self {
        case .row: nil
        case .strayQuote: (.damaged, "a quote out of place", "quotes around a whole field")
        case .tooLong: (.limitExceeded, "a longer row", "at most \(limits.recordBytes) bytes")
        case .tooManyFields:
            (.limitExceeded, "a row of more fields", "at most \(limits.attributes) fields")
        }
    }
}
