// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the headers of a record say is to come: which file holds which signals of which stretch.
struct WFDBPlan: Sendable {
    /// A signal and what it stands for.
    struct Lead: Sendable {
        var signal: WFDBHeader.Signal
        var quantity: Quantity
        var scale: Scale
        /// Its label; no two of one header have the same.
        var model: String
    }

    /// The signals of one file within one header.
    struct Use: Sendable {
        var format: WFDBFormat
        /// In the order of a frame.
        var leads: [Lead]
        /// Where the header's stretch begins in the record.
        var startFrame: Int64
        var frames: Int64?
        /// False if the record asks for less than the header has; sums are not compared then.
        var isWhole: Bool

        var frameSize: Int { leads.reduce(0) { $0 &+ $1.signal.samplesPerFrame } }
        var samples: Int64? {
            guard let frames else { return nil }
            let (product, overflow) = frames.multipliedReportingOverflow(by: Int64(frameSize))
            return overflow ? Int64.max : product
        }
    }

    /// A stretch of the record whose header is still to come.
    private struct Stretch: Sendable {
        var startFrame: Int64
        var length: Int64
    }

    /// How often one file may be used: fixed layouts cut one file into a few segments.
    static let maximumUses = 64
    /// Signals of all headers together.
    static let maximumSignals = 65_536

    let header: WFDBHeader
    let base: Timestamp
    /// Tells the streams of two records apart: those without a date lie on the same day.
    let unit: UInt64
    private var uses: [String: [Use]] = [:]
    private var known: Set<String> = []
    private var stretches: [String: [Stretch]] = [:]
    private let segments: Set<String>
    private var signals = 0

    init(_ header: WFDBHeader, base: Timestamp) {
        self.header = header
        self.base = base
        unit = NameHash.of(header.name.utf8)
        segments = Set(header.segments.map(\.name))
        guard header.isMultiSegment else { return }
        var start: Int64 = 0
        for (number, segment) in header.segments.enumerated() {
            // The first segment of length 0 is the layout: what signals there may be, no samples.
            let isLayout = number == 0 && segment.length == 0
            if segment.name != "~", !isLayout {
                stretches[segment.name, default: []].append(
                    Stretch(startFrame: start, length: segment.length))
            }
            let (end, overflow) = start.addingReportingOverflow(segment.length)
            start = overflow ? Int64.max / 4 : min(end, Int64.max / 4)
        }
    }

    /// True if a part of this name holds signals.
    func isSignalFile(_ name: String) -> Bool { known.contains(name) }

    /// Takes the uses of a file, once.
    mutating func takeUses(of name: String) -> [Use] { uses.removeValue(forKey: name) ?? [] }

    /// The record's own signals; for a record of segments there are none.
    mutating func addOwnSignals(at position: ReadPosition, _ tally: inout IssueTally) {
        guard !header.isMultiSegment else { return }
        add(header, startFrame: 0, frames: header.length, isWhole: true, position, &tally)
    }

    /// The header of a segment has come.
    ///
    /// - Returns: false if the record has no such segment.
    mutating func addSegment(
        _ name: String, _ segment: WFDBHeader, at position: ReadPosition,
        _ tally: inout IssueTally
    ) -> Bool {
        guard let places = stretches.removeValue(forKey: name) else {
            return segments.contains(name)
        }
        if segment.isMultiSegment {
            tally.count(
                .unsupported, at: position, found: "a segment made of segments",
                expected: "segments with signals of their own")
        }
        if segment.frequency != header.frequency {
            tally.count(
                .invalidValue, at: position, found: "a segment with another sampling rate",
                expected: "the record's rate, which is used")
        }
        for place in places {
            let own = segment.length ?? place.length
            if own != place.length {
                tally.count(
                    .invalidValue, at: position, found: "a segment of another length",
                    expected: "the length the record gives")
            }
            add(
                segment, startFrame: place.startFrame, frames: min(own, place.length),
                isWhole: own <= place.length, position, &tally)
        }
        return true
    }

    /// Counts what never came.
    func reportMissing(at position: ReadPosition, _ tally: inout IssueTally) {
        let headers = stretches.values.reduce(0) { $0 + $1.count }
        if headers > 0 {
            tally.count(
                .truncated, at: position, found: "a segment whose header is missing",
                expected: "the header of each segment", times: headers)
        }
        for use in uses.values.joined() {
            tally.count(
                .truncated, at: position, found: "a signal file that is missing",
                expected: "each file the header names",
                samplesLost: WFDBSignalFile.bounded(use.samples ?? 0))
        }
    }

    // MARK: Files of a header

    private mutating func add(
        _ header: WFDBHeader, startFrame: Int64, frames: Int64?, isWhole: Bool,
        _ position: ReadPosition, _ tally: inout IssueTally
    ) {
        signals += header.signals.count
        guard signals <= Self.maximumSignals else {
            tally.count(
                .limitExceeded, at: position, found: "more signals",
                expected: "at most \(Self.maximumSignals) signals in all segments")
            return
        }
        var order: [String] = []
        var groups: [String: [Lead]] = [:]
        for lead in leads(of: header) where lead.signal.format != 0 {
            let name = Self.lastComponent(lead.signal.file)
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(lead)
        }
        for name in order {
            var use = Use(
                format: .int16, leads: groups[name] ?? [], startFrame: startFrame,
                frames: frames, isWhole: isWhole)
            known.insert(name)
            guard let format = check(use, position, &tally) else { continue }
            use.format = format
            guard uses[name, default: []].count < Self.maximumUses else {
                tally.count(
                    .limitExceeded, at: position, found: "a file that more segments use",
                    expected: "at most \(Self.maximumUses) uses of one file",
                    samplesLost: WFDBSignalFile.bounded(use.samples ?? 0))
                continue
            }
            uses[name, default: []].append(use)
        }
    }

    /// What each signal is; two of one description are numbered, so that they stay apart.
    private func leads(of header: WFDBHeader) -> [Lead] {
        var seen: [String: Int] = [:]
        return header.signals.enumerated().map { number, signal in
            var found = WFDBSignalKind.resolve(
                signal, number: number,
                hertz: self.header.frequency * Double(signal.samplesPerFrame))
            let times = (seen[found.model] ?? 0) + 1
            seen[found.model] = times
            if times > 1 { found.model = String(found.model.prefix(35)) + " \(times)" }
            return Lead(
                signal: signal, quantity: found.quantity, scale: found.scale, model: found.model)
        }
    }

    /// The format of a file's signals; `nil`, counted, if it cannot be read.
    private func check(
        _ use: Use, _ position: ReadPosition, _ tally: inout IssueTally
    ) -> WFDBFormat? {
        let lost = WFDBSignalFile.bounded(use.samples ?? 0)
        let formats = Set(use.leads.map(\.signal.format))
        guard formats.count == 1, let number = formats.first.flatMap({ $0 }) else {
            tally.count(
                .damaged, at: position, found: "signals of one file in several formats",
                expected: "one format a file", samplesLost: lost)
            return nil
        }
        let widest = use.leads.map(\.signal.samplesPerFrame).max() ?? 1
        guard widest <= WFDBSignalFile.maximumFrame, use.frameSize <= WFDBSignalFile.maximumFrame
        else {
            tally.count(
                .limitExceeded, at: position, found: "a longer frame",
                expected: "at most \(WFDBSignalFile.maximumFrame) samples a frame",
                samplesLost: lost)
            return nil
        }
        guard let format = WFDBFormat(rawValue: number) else {
            tally.count(
                .unsupported, at: position,
                found: WFDBFormat.compressed.contains(number)
                    ? "a signal file in a FLAC format" : "a signal file in an unknown format",
                expected: "format 8, 16, 24, 32, 61, 80, 160, 212, 310 or 311", samplesLost: lost)
            return nil
        }
        return format
    }

    /// What is behind the last `/`.
    static func lastComponent(_ name: String) -> String {
        guard let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return name }
        return String(name[name.utf8.index(after: slash)...])
    }
}
