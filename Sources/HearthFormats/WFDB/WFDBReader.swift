// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads records of the WaveForm DataBase: a header, its signal files and its annotation files.
///
/// The files come as one ``PartStream``: `NAME.hea` first, then the headers of its segments if it has
/// any, then each signal file once, then annotation files. ``WFDBHeader/partNames(in:)`` tells which.
/// Format: `docs/formats/wfdb.md`.
public struct WFDBReader: RecordingReader, ~Copyable {
    private enum Input: Sendable { case undecided(Int), parts, bare }

    /// What the part at hand is read as.
    private enum Part: Sendable {
        case none, header, signals, annotations, skipped
    }

    private var input = Input.undecided(0)
    private var splitter = PartSplitter()
    private var part = Part.none
    private var number: Int64 = 0
    private var name = ""
    private var partBytes: Int64 = 0
    private var header: [UInt8] = []
    private var isHeaderTooLong = false
    private var plan: WFDBPlan?
    private var files: [WFDBSignalFile] = []
    private var annotations: WFDBAnnotations?
    private var tally: IssueTally
    private var clock: LocalClock
    private var meter: ByteMeter
    private var delivered: Int64 = 0
    private let limits: ReadLimits

    public init(_ context: ReadContext = ReadContext()) {
        tally = IssueTally(limits: context.limits)
        clock = LocalClock(zone: context.zone)
        limits = context.limits
        meter = ByteMeter(limits: context.limits)
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        _ = try meter.take(bytes.count)
        var index = 0
        try decide(bytes, &index)
        switch input {
        case .undecided: return
        case .bare: gatherHeader(bytes.extracting(index..<bytes.count))
        case .parts: try takeParts(bytes, index, into: &sink)
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        guard case .parts = input else { throw notAlone }
        if part != .none {
            tally.count(
                .truncated, at: ReadPosition(byte: partBytes, record: number),
                found: "the end inside a file of the record", expected: "whole files")
            try endPart(into: &sink)
        } else if !splitter.isBetweenParts {
            tally.count(
                .truncated, at: ReadPosition(byte: 0, record: number),
                found: "the end ahead of a file of the record", expected: "whole files")
        }
        guard let plan else {
            throw ReadError(
                .truncated, at: ReadPosition(byte: 0), found: "no header",
                expected: "the record's header first")
        }
        plan.reportMissing(at: ReadPosition(byte: 0), &tally)
        tally.flush(into: &sink)
    }

    // MARK: Parts or a header alone

    /// Compares the first bytes with the mark of a stream of parts.
    private mutating func decide(_ bytes: Span<UInt8>, _ index: inout Int) throws(ReadError) {
        guard case .undecided(var seen) = input else { return }
        let magic = PartStream.magic
        while index < bytes.count {
            guard bytes[index] == magic[seen] else {
                header.append(contentsOf: magic[..<seen])
                input = .bare
                return
            }
            index += 1
            seen += 1
            guard seen == magic.count else { continue }
            input = .parts
            var start = 0
            _ = try splitter.next(magic.span, &start)
            return
        }
        input = .undecided(seen)
    }

    /// Why a recording that is no stream of parts cannot be read.
    private var notAlone: ReadError {
        let isHeader = !isHeaderTooLong && Self.isHeader(header.span)
        return ReadError(
            isHeader ? .truncated : .damaged, at: ReadPosition(byte: 0),
            found: isHeader ? "a header without its signal files" : "bytes that are no record",
            expected: "the header together with the files it names")
    }

    private mutating func gatherHeader(_ bytes: Span<UInt8>) {
        guard header.count + bytes.count <= WFDBHeader.maximumBytes else {
            isHeaderTooLong = true
            return
        }
        for index in bytes.indices { header.append(bytes[index]) }
    }

    private mutating func takeParts(
        _ bytes: Span<UInt8>, _ start: Int, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var index = start
        while let event = try splitter.next(bytes, &index) {
            switch event {
            case .began: try beginPart()
            case .bytes(let range): try takePart(bytes.extracting(range), into: &sink)
            case .ended: try endPart(into: &sink)
            }
        }
    }

    // MARK: One part

    private mutating func beginPart() throws(ReadError) {
        number += 1
        partBytes = 0
        name = WFDBPlan.lastComponent(String(decoding: splitter.name, as: UTF8.self))
        if name.utf8.reversed().starts(with: ".hea".utf8.reversed()) {
            header.removeAll(keepingCapacity: true)
            isHeaderTooLong = false
            part = .header
            return
        }
        guard let plan else {
            throw ReadError(
                .misplaced, at: ReadPosition(byte: 0, record: number),
                found: "a file ahead of the record's header", expected: "the header first")
        }
        if plan.isSignalFile(name) {
            openFiles()
        } else {
            annotations = WFDBAnnotations(
                of: SourceDevice(vendor: "", model: annotator, unit: plan.unit), base: plan.base,
                period: plan.header.period, limits: limits)
            part = .annotations
        }
    }

    /// `annotator atr`: what follows the last dot of the name.
    private var annotator: String {
        let ending = name.split(separator: ".").last ?? ""
        return String(
            ("annotator " + WFDBSignalKind.printable(String(ending))).prefix(40))
    }

    private mutating func openFiles() {
        part = .skipped
        guard let uses = plan?.takeUses(of: name), let plan else { return }
        files = uses.map { Self.file($0, plan, limits) }
        if !files.isEmpty { part = .signals }
    }

    private static func file(
        _ use: WFDBPlan.Use, _ plan: WFDBPlan, _ limits: ReadLimits
    ) -> WFDBSignalFile {
        let lanes = use.leads.map { lead in
            var signal = lead.signal
            if !use.isWhole { signal.checksum = nil }
            return WFDBLane(
                signal, use.format,
                device: SourceDevice(vendor: "", model: lead.model, unit: plan.unit),
                quantity: lead.quantity, scale: lead.scale, framePeriod: plan.header.period,
                base: plan.base, startFrame: use.startFrame, limits: limits)
        }
        return WFDBSignalFile(
            use.format, lanes: lanes, prologue: use.leads.first?.signal.prologue ?? 0,
            samples: use.samples)
    }

    private mutating func takePart(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        partBytes += Int64(bytes.count)
        switch part {
        case .none, .skipped: return
        case .header: gatherHeader(bytes)
        case .signals:
            for index in files.indices { files[index].take(bytes, into: &sink) }
        case .annotations:
            annotations?.take(bytes, part: number, &tally, into: &sink)
        }
        try checkSamples()
    }

    private func checkSamples() throws(ReadError) {
        let open = files.reduce(0) { $0 &+ $1.delivered } &+ (annotations?.delivered ?? 0)
        guard delivered &+ open <= limits.samples else {
            throw ReadError(
                .limitExceeded, at: ReadPosition(byte: 0, record: number),
                found: "a further sample", expected: "at most \(limits.samples) samples")
        }
    }

    private mutating func endPart(
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let position = ReadPosition(byte: partBytes, record: number)
        switch part {
        case .none: break
        case .skipped:
            tally.count(
                .ignored, at: ReadPosition(byte: 0, record: number),
                found: "a signal file that is not read", expected: "each readable file once")
        case .header: try endHeader()
        case .signals:
            for index in files.indices { files[index].finish(at: position, &tally, into: &sink) }
        case .annotations: annotations?.finish(part: number, &tally, into: &sink)
        }
        try checkSamples()
        delivered = files.reduce(delivered) { $0 &+ $1.delivered }
        delivered &+= annotations?.delivered ?? 0
        files = []
        annotations = nil
        part = .none
    }

    private mutating func endHeader() throws(ReadError) {
        let position = ReadPosition(byte: 0, record: number)
        guard !isHeaderTooLong else {
            try refuseHeader(
                .limitExceeded, "a longer header", "at most \(WFDBHeader.maximumBytes) bytes")
            return
        }
        guard let read = WFDBHeader(header) else {
            try refuseHeader(
                .damaged, "a header in another form", "a record's name and number of signals")
            return
        }
        for problem in read.problems {
            tally.count(
                problem.code, at: ReadPosition(byte: Int64(problem.offset), record: number),
                found: problem.found, expected: problem.expected)
        }
        guard plan != nil else {
            begin(read, position)
            return
        }
        let isKnown = plan?.addSegment(String(name.dropLast(4)), read, at: position, &tally)
        if isKnown != true {
            tally.count(
                .misplaced, at: position, found: "a header of no segment",
                expected: "headers of the record's segments")
        }
    }

    private mutating func begin(_ read: WFDBHeader, _ position: ReadPosition) {
        let start = WFDBClock.start(of: read, clock: &clock)
        if let problem = start.problem {
            tally.count(
                problem.code, at: position, found: problem.found, expected: problem.expected)
        }
        plan = WFDBPlan(read, base: start.time)
        plan?.addOwnSignals(at: position, &tally)
    }

    /// Without the record's own header nothing can be read; without a segment's that segment cannot.
    private mutating func refuseHeader(
        _ code: ReadIssueCode, _ found: String, _ expected: String
    ) throws(ReadError) {
        let position = ReadPosition(byte: 0, record: number)
        guard plan != nil else {
            throw ReadError(code, at: position, found: found, expected: expected)
        }
        tally.count(code, at: position, found: found, expected: expected)
    }
}
