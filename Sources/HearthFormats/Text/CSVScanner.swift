// SPDX-License-Identifier: Apache-2.0

/// Cuts bytes that arrive in any pieces into rows and fields (RFC 4180).
///
/// Rows that lie whole in the piece at hand are not copied. A quoted field may hold line breaks, but
/// no more than ``lineBreaks``: a quote that is never closed then costs its own line, and the lines
/// behind it are read again as rows of their own.
struct CSVScanner: Sendable {
    /// What became of a row.
    enum Outcome: Sendable {
        /// Its fields are in ``fields``.
        case row
        /// A quote is not closed, or text follows a closing quote.
        case strayQuote
        /// More bytes than ``ReadLimits/recordBytes``.
        case tooLong
        /// More fields than ``ReadLimits/attributes``.
        case tooManyFields
    }

    /// Line breaks allowed in one row; real files have none, spreadsheets write a few.
    static let lineBreaks = 64

    /// Where the fields are, counted from the start of the row.
    var fields: [CSVField] { splitter.fields }
    /// The row's bytes if ``isHeld``; else it is ``range`` of the piece at hand.
    private(set) var held: [UInt8] = []
    private(set) var isHeld = false
    private(set) var range = 0..<0
    /// First byte and line number of the row handed out last.
    private(set) var position = ReadPosition(byte: 0, record: 1)

    var delimiter: UInt8 {
        get { splitter.delimiter }
        set { splitter.delimiter = newValue }
    }

    private var splitter: CSVFieldSplitter
    private var lines: LineScanner
    private let fieldBytes: Int
    /// A row whose quote is still open, with the end of each of its lines.
    private var open: [UInt8] = []
    private var openEnds: [Int] = []
    private var openPosition = ReadPosition(byte: 0)

    init(delimiter: UInt8 = UInt8(ascii: ","), limits: ReadLimits) {
        self.splitter = CSVFieldSplitter(delimiter: delimiter, limit: max(1, limits.attributes))
        self.lines = LineScanner(limit: max(1, limits.recordBytes))
        self.fieldBytes = limits.fieldBytes
    }

    /// The next row that ends in `bytes`, from `index` on; `nil` when more bytes are needed.
    ///
    /// - Parameter isLast: no bytes follow, so what is left is a row too.
    mutating func next(
        _ bytes: Span<UInt8>, _ index: inout Int, isLast: Bool = false
    ) -> Outcome? {
        while true {
            guard let line = lines.next(bytes, &index, isLast: isLast) else {
                return isLast && !open.isEmpty ? giveUp() : nil
            }
            if open.isEmpty {
                if let outcome = begin(line, bytes) { return outcome }
            } else if let outcome = goOn(line, bytes) {
                return outcome
            }
        }
    }

    /// A line outside quotes: a row, or the start of one with a line break in it.
    private mutating func begin(_ line: LineScanner.Line, _ bytes: Span<UInt8>) -> Outcome? {
        position = lines.position
        let result: CSVFieldSplitter.Result
        switch line {
        case .tooLong: return nothing(.tooLong)
        case .input(let range):
            self.range = range
            isHeld = false
            result = splitter.split(bytes.extracting(range), from: 0)
        case .held:
            lines.swapHeld(with: &held)
            isHeld = true
            let row = held
            result = splitter.split(row.span, from: 0)
        }
        if result == .open {
            openPosition = position
            keep(bytes)
            return nil
        }
        return outcome(result)
    }

    /// A line while a quote is open.
    private mutating func goOn(_ line: LineScanner.Line, _ bytes: Span<UInt8>) -> Outcome? {
        switch line {
        case .tooLong:
            lines.deferTooLong()
            return giveUp()
        case .input(let range):
            self.range = range
            isHeld = false
        case .held:
            lines.swapHeld(with: &held)
            isHeld = true
        }
        let start = open.count
        keep(bytes)
        // The line break behind the line is not part of it.
        let row = open
        let result = splitter.split(row.span.extracting(0..<row.count - 1), from: start)
        if result == .open {
            return openEnds.count > Self.lineBreaks || open.count > fieldBytes ? giveUp() : nil
        }
        guard result == .complete else { return giveUp() }
        position = openPosition
        open.removeLast()
        swap(&open, &held)
        open.removeAll(keepingCapacity: true)
        openEnds.removeAll(keepingCapacity: true)
        isHeld = true
        return outcome(result)
    }

    /// Appends the line at hand and its line break to the open row.
    private mutating func keep(_ bytes: Span<UInt8>) {
        if isHeld {
            open.append(contentsOf: held)
        } else {
            for index in range { open.append(bytes[index]) }
        }
        open.append(UInt8(ascii: "\n"))
        openEnds.append(open.count)
    }

    /// The first line of the open row is lost; those behind it are read again.
    private mutating func giveUp() -> Outcome {
        position = openPosition
        splitter.isOpen = false
        lines.readAgain(open, from: openEnds.first ?? open.count, at: openPosition)
        open.removeAll(keepingCapacity: true)
        openEnds.removeAll(keepingCapacity: true)
        return nothing(.strayQuote)
    }

    /// An outcome without a row: no bytes may be looked at.
    private mutating func nothing(_ outcome: Outcome) -> Outcome {
        isHeld = false
        range = 0..<0
        return outcome
    }

    private func outcome(_ result: CSVFieldSplitter.Result) -> Outcome {
        if result == .stray { return .strayQuote }
        return splitter.isOverfull ? .tooManyFields : .row
    }
}

/// A field of a row: its bytes without the quotes around it, spaces outside quotes trimmed.
struct CSVField: Sendable, Equatable {
    var start: Int
    var end: Int
    /// True if `""` stands for a quote somewhere inside.
    var hasEscapes = false

    var isEmpty: Bool { start == end }
}

/// Cuts one row into fields; goes on where it stopped if a quote was open at the end of a line.
struct CSVFieldSplitter: Sendable {
    enum Result: Sendable { case complete, open, stray }

    private(set) var fields: [CSVField] = []
    private(set) var isOverfull = false
    var delimiter: UInt8
    var isOpen = false
    private let limit: Int
    private var openStart = 0
    private var hasEscapes = false

    init(delimiter: UInt8, limit: Int) {
        self.delimiter = delimiter
        self.limit = limit
    }

    mutating func split(_ row: Span<UInt8>, from start: Int) -> Result {
        if !isOpen {
            fields.removeAll(keepingCapacity: true)
            isOverfull = false
        }
        var index = start
        var end = row.count
        if end > start, row[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        while true {
            if isOpen || (index < end && row[index] == UInt8(ascii: "\"")) {
                guard takeQuoted(row, &index) else { return .open }
                if index >= end { return .complete }
                guard row[index] == delimiter else { return .stray }
            } else {
                takePlain(row, &index, end)
                if index >= end { return .complete }
            }
            index += 1
        }
    }

    @inline(__always)
    private mutating func takePlain(_ row: Span<UInt8>, _ index: inout Int, _ end: Int) {
        var first = index
        while index < end, row[index] != delimiter { index += 1 }
        var last = index
        while first < last, row[first] == UInt8(ascii: " ") { first += 1 }
        while first < last, row[last - 1] == UInt8(ascii: " ") { last -= 1 }
        append(CSVField(start: first, end: last))
    }

    /// Moves behind the closing quote; false if there is none.
    private mutating func takeQuoted(_ row: Span<UInt8>, _ index: inout Int) -> Bool {
        let quote = UInt8(ascii: "\"")
        if !isOpen {
            index += 1
            openStart = index
            hasEscapes = false
            isOpen = true
        }
        while index < row.count {
            if row[index] == quote {
                guard index + 1 < row.count, row[index + 1] == quote else { break }
                hasEscapes = true
                index += 1
            }
            index += 1
        }
        guard index < row.count else { return false }
        append(CSVField(start: openStart, end: index, hasEscapes: hasEscapes))
        isOpen = false
        index += 1
        return true
    }

    @inline(__always)
    private mutating func append(_ field: CSVField) {
        if fields.count < limit { fields.append(field) } else { isOverfull = true }
    }
}
