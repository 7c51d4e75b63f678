// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads files of one interval a line, or of one beat a line with its label.
struct HRVLines: GatheredLines, Sendable {
    static let expected = "an interval a line"

    private enum Shape { case unknown, milliseconds, seconds, beats }

    var output: GatheredOutput
    var scanner: LineScanner
    private var shape = Shape.unknown
    private var isStarted = false
    var hasEnded = false
    /// The start as the file's name tells it, such as `2017-10-02 05-57-19`.
    private let named: TextTime?
    private var start = Timestamp(nanoseconds: 0)
    /// Nanoseconds from the start to the end of the last interval.
    private var elapsed: Int64 = 0
    private var lastBeat: (time: Int64, isNormal: Bool)?
    private let limits: ReadLimits

    private static let longestLine = 64

    init(_ context: ReadContext) {
        output = GatheredOutput(
            file: .hrvApp, device: SourceDevice(vendor: "", model: "RR intervals"),
            context: context)
        limits = context.limits
        scanner = LineScanner(limit: min(Self.longestLine * 16, max(1, limits.recordBytes)))
        named = Self.time(inName: Array(context.fileName.utf8))
    }

    mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        guard !hasEnded else { return }
        let nothing: [UInt8] = []
        try read(nothing.span, isLast: true, into: &sink)
        conclude(into: &sink)
    }

    // MARK: Lines

    mutating func take(_ line: Span<UInt8>) throws(ReadError) {
        guard let parts = HRVLine(line) else {
            if !HRVLine.isBlank(line) { countWrong() }
            return
        }
        if shape == .unknown {
            shape = Self.shape(parts)
            // A line of digits alone ahead of beats is a header.
            if parts.isHeader { return }
        }
        switch shape {
        case .beats: try takeBeat(parts)
        default: try takeInterval(parts)
        }
    }

    private static func shape(_ first: HRVLine) -> Shape {
        if first.isHeader || first.label != nil { return .beats }
        return first.value < 20 ? .seconds : .milliseconds
    }

    private mutating func countWrong() {
        output.count(
            .invalidValue, at: scanner.position, found: "a line of another form",
            expected: "a number of milliseconds or seconds, or a time and a label")
    }

    private mutating func takeInterval(_ line: HRVLine) throws(ReadError) {
        guard line.label == nil, line.value >= 0 else { return countWrong() }
        anchor()
        let milliseconds = min(shape == .seconds ? line.value * 1000 : line.value, 1e12)
        let nanoseconds = Int64((milliseconds * 1e6).rounded())
        elapsed = elapsed.addingReportingOverflow(nanoseconds).partialValue & .max
        guard milliseconds > 0 else {
            output.countSentinel(scanner.position)
            return
        }
        try output.add(
            Float(milliseconds), .rrInterval, at: start.advanced(byNanoseconds: elapsed),
            position: scanner.position)
    }

    /// A beat ends the interval from the beat before; what is no beat begins and ends none.
    private mutating func takeBeat(_ line: HRVLine) throws(ReadError) {
        guard let label = line.label, line.value >= 0, line.value < 1e9 else { return countWrong() }
        anchor()
        guard label != UInt8(ascii: "X") else {
            lastBeat = nil
            output.countIgnored("marks of artefacts between beats", at: scanner.position)
            return
        }
        let time = Int64((line.value * 1e9).rounded())
        let isNormal = label == UInt8(ascii: "N")
        let before = lastBeat
        lastBeat = (time, isNormal)
        guard let before else { return }
        guard time > before.time else {
            output.count(
                .timeBackwards, at: scanner.position, found: "a beat not after the one before",
                expected: "beats in order of time")
            return
        }
        try output.add(
            Float(Double(time - before.time) / 1e6), .rrInterval,
            at: start.advanced(byNanoseconds: time),
            quality: isNormal && before.isNormal ? 0 : SampleQuality.doubtful & 1,
            position: scanner.position)
    }

    // MARK: Time

    private mutating func anchor() {
        guard !isStarted else { return }
        isStarted = true
        if let named, let instant = output.instant(named, position: scanner.position) {
            start = instant
            return
        }
        output.count(
            .unanchoredTime, at: scanner.position,
            found: "intervals without a start; placed from 1970-01-01T00:00",
            expected: "a file whose name tells the start", samplesLost: 0)
    }

    /// `yyyy-MM-dd HH-mm-ss` anywhere in a name, also with `_` or `T` and other marks in the time.
    static func time(inName name: [UInt8]) -> TextTime? {
        guard name.count >= 19, name.count <= 512 else { return nil }
        for start in 0...name.count - 19 {
            var text = Array(name[start..<start + 19])
            guard TextNumber.isDigit(text[0]), text[4] == UInt8(ascii: "-") else { continue }
            guard [0x20, UInt8(ascii: "_"), UInt8(ascii: "T")].contains(text[10]) else { continue }
            text[10] = UInt8(ascii: "T")
            for place in [13, 16] where !TextNumber.isDigit(text[place]) {
                text[place] = UInt8(ascii: ":")
            }
            if let time = TextTime(text.span) { return time }
        }
        return nil
    }

    // MARK: Detection

    /// Every line of the prefix is an interval of a heart, or every one a beat with its label.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        var start = 0
        var usual = 0
        var lines = 0
        var latest = 0.0
        var shape = Shape.unknown
        while start < prefix.count {
            var end = start
            while end < prefix.count, prefix[end] != UInt8(ascii: "\n") { end += 1 }
            // A line that the prefix cuts off tells nothing.
            if end == prefix.count, prefix.count >= FormatDetector.prefixBytes { break }
            let line = prefix.extracting(start..<end)
            start = end + 1
            if HRVLine.isBlank(line) { continue }
            guard let parts = HRVLine(line) else { return false }
            if shape == .unknown {
                shape = Self.shape(parts)
                if parts.isHeader { continue }
            }
            lines += 1
            switch shape {
            case .beats:
                // Intervals with labels would not grow from line to line.
                usual += parts.label != nil && parts.value >= latest ? 1 : 0
                latest = parts.value
            case .seconds: usual += parts.isUsual(0.25...2.5) && !parts.isWhole ? 1 : 0
            default: usual += parts.isUsual(250...2500) ? 1 : 0
            }
        }
        if lines < 3 { return false }
        return shape == .beats ? usual == lines : usual * 10 >= lines * 9
    }
}

/// A line of a number, or of a number and a label of one capital letter.
struct HRVLine {
    var value: Double
    var label: UInt8?
    /// Six or more digits alone, as ahead of a list of beats.
    var isHeader = false
    var isWhole = true

    init?(_ line: Span<UInt8>) {
        var index = 0
        while index < line.count, Self.isBlank(line[index]) { index += 1 }
        let first = index
        while index < line.count, !Self.isBlank(line[index]) { index += 1 }
        guard index > first, index - first <= 32 else { return nil }
        var mark = UInt8(ascii: ".")
        for place in first..<index where !TextNumber.isDigit(line[place]) {
            isWhole = false
            if line[place] == UInt8(ascii: ",") { mark = UInt8(ascii: ",") }
        }
        guard let value = DecimalNumber.parse(line, first..<index, point: mark) else { return nil }
        self.value = value
        let digits = index - first
        while index < line.count, Self.isBlank(line[index]) { index += 1 }
        if index < line.count {
            guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(line[index]) else { return nil }
            label = line[index]
            index += 1
            while index < line.count, Self.isBlank(line[index]) { index += 1 }
            guard index == line.count else { return nil }
        }
        isHeader = label == nil && isWhole && digits >= 6
    }

    func isUsual(_ range: ClosedRange<Double>) -> Bool { label == nil && range.contains(value) }

    /// White space, and the bytes of the UTF-8 mark.
    private static func isBlank(_ byte: UInt8) -> Bool { FitbitReader.isBeforeText(byte) }

    static func isBlank(_ line: Span<UInt8>) -> Bool {
        line.indices.allSatisfy { isBlank(line[$0]) }
    }
}
