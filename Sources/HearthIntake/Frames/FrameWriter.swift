// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// The worker's sink: writes what the intake finds as frames.
final class FrameWriter: IntakeSink {
    /// Frames are gathered up to this size before they are written.
    private static let gatherBytes = 1 << 18
    /// Bytes of a block's header at most, with names of the longest device.
    private static let blockHeader = 16 << 10

    /// Writes all bytes; false if nobody takes them.
    private let write: ([UInt8]) -> Bool
    private var buffer: [UInt8] = []
    private var number: UInt64 = 0
    private var frameStart = 0
    private var kind = Frame.Kind.hello
    private var unsentProgress: UInt64 = 0
    private(set) var wantsStop = false

    init(write: @escaping ([UInt8]) -> Bool) {
        self.write = write
        buffer.reserveCapacity(Self.gatherBytes + Frame.payloadLimit + Frame.headerBytes)
    }

    // MARK: Frames

    private func open(_ kind: Frame.Kind) {
        self.kind = kind
        frameStart = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Frame.headerBytes))
    }

    private func close() {
        let payload = frameStart + Frame.headerBytes..<buffer.count
        let sum = Frame.checksum(buffer, payload, number: number, kind: kind.rawValue)
        buffer.overwrite(UInt32(payload.count), at: frameStart)
        buffer.overwrite(kind.rawValue, at: frameStart + 4)
        buffer.overwrite(number, at: frameStart + 8)
        buffer.overwrite(sum, at: frameStart + 16)
        number += 1
        if buffer.count >= Self.gatherBytes { flush() }
    }

    func flush() {
        guard !buffer.isEmpty else { return }
        if !wantsStop, !write(buffer) { wantsStop = true }
        buffer.removeAll(keepingCapacity: true)
    }

    // MARK: What is told

    func hello(layers: UInt32, landlock: UInt32) {
        open(.hello)
        buffer.put(UInt32(1))
        buffer.put(layers)
        buffer.put(landlock)
        buffer.put(LibraryVersions.archive)
        buffer.put(LibraryVersions.sqlite)
        close()
    }

    func finish() {
        sendProgress()
        open(.finished)
        close()
        flush()
    }

    func fail(_ error: IntakeError) {
        sendProgress()
        open(.failed)
        put(error)
        close()
        flush()
    }

    func begin(_ recording: IntakeRecording) {
        open(.begin)
        buffer.put(recording.kind.rawValue)
        buffer.put(recording.hasNewerTwin ? UInt8(1) : 0)
        buffer.put(recording.place)
        close()
        sendProgress()
    }

    func end(reason: String?) {
        sendProgress()
        open(.end)
        buffer.put(reason == nil ? UInt8(0) : 1)
        buffer.put(reason ?? "")
        close()
    }

    func passOver(_ name: String) {
        open(.passedOver)
        buffer.put(name)
        close()
    }

    func refuse(_ name: String, _ error: IntakeError) {
        open(.refused)
        buffer.put(name)
        put(error)
        close()
    }

    func report(_ issue: ReadIssue) {
        open(.issue)
        buffer.put(issue.code.name)
        buffer.put(issue.position.byte)
        buffer.put(issue.position.record)
        buffer.put(Int64(issue.count))
        buffer.put(Int64(issue.samplesLost))
        buffer.put(issue.found)
        buffer.put(issue.expected)
        close()
    }

    func progress(_ bytes: Int) {
        unsentProgress += UInt64(max(0, bytes))
        if unsentProgress >= 1 << 20 { sendProgress() }
    }

    private func sendProgress() {
        guard unsentProgress > 0 else { return }
        open(.progress)
        buffer.put(unsentProgress)
        close()
        unsentProgress = 0
    }

    private func put(_ error: IntakeError) {
        buffer.put(error.code.name)
        buffer.put(error.message)
    }

    func accept(_ statement: DayStatement) {
        open(.statement)
        buffer.put(statement.id.rawValue)
        switch statement {
        case .sleep(let one):
            buffer.put(UInt8(0))
            buffer.put(one.kind.rawValue)
            buffer.put(one.made.nanoseconds)
            buffer.put(one.start.nanoseconds)
            buffer.put(one.end.nanoseconds)
            buffer.put(one.note ?? "")
        case .tag(let tag):
            buffer.put(UInt8(1))
            buffer.put(tag.isWholeDay ? UInt8(1) : 0)
            buffer.put(tag.made.nanoseconds)
            buffer.put(tag.time.nanoseconds)
            buffer.put(tag.day.dayNumber)
            buffer.put(tag.label)
        case .setting(let key, let value):
            buffer.put(UInt8(2))
            buffer.put(key.rawValue)
            buffer.put(Int64(0))
            buffer.put(Int64(value))
            buffer.put(Int64(0))
            buffer.put("")
        }
        close()
    }

    // MARK: Blocks

    func accept(_ block: SampleBlock) {
        if block.count <= Self.rows(of: block) { return put(block) }
        let whole = block.sliceable
        let rows = Self.rows(of: whole)
        var start = 0
        while start < whole.count {
            let end = min(start + rows, whole.count)
            put(whole.rows(start..<end))
            start = end
        }
    }

    /// Samples of such a block that fit a frame.
    private static func rows(of block: SampleBlock) -> Int {
        max(1, (Frame.payloadLimit - blockHeader) / max(1, block.bytesPerSample))
    }

    private func put(_ block: SampleBlock) {
        open(.block)
        buffer.put(block.quantity.rawValue)
        buffer.put(block.origin.file.rawValue)
        buffer.put(block.origin.derivation.rawValue)
        buffer.put(UInt32(block.count))
        buffer.put(block.device.vendor)
        buffer.put(block.device.model)
        buffer.put(block.device.unit)
        buffer.put(block.device.pseudonym == nil ? UInt8(0) : 1)
        buffer.put(block.device.pseudonym?.rawValue ?? 0)
        switch block.times {
        case .regular(let start, let period, _):
            buffer.put(UInt8(0))
            buffer.put(start.nanoseconds)
            buffer.put(period.numerator)
            buffer.put(period.denominator)
        case .irregular(let times):
            buffer.put(UInt8(1))
            buffer.putMemory(times)
        }
        buffer.put(block.durations.isEmpty ? UInt8(0) : 1)
        buffer.putMemory(block.durations)
        buffer.put(block.quality.isEmpty ? UInt8(0) : 1)
        buffer.putMemory(block.quality)
        buffer.put(UInt8(clamping: block.columns.count))
        for column in block.columns.prefix(255) { put(column) }
        close()
    }

    private func put(_ column: SampleColumn) {
        switch column {
        case .float32(let values):
            buffer.put(UInt8(0))
            buffer.putMemory(values)
        case .int16(let values, let scale):
            buffer.put(UInt8(1))
            put(scale)
            buffer.putMemory(values)
        case .int32(let values, let scale):
            buffer.put(UInt8(2))
            put(scale)
            buffer.putMemory(values)
        }
    }

    private func put(_ scale: Scale) {
        buffer.put(scale.factor.bitPattern)
        buffer.put(scale.offset.bitPattern)
    }
}

extension SampleBlock {
    /// Bytes that one sample takes in a frame.
    fileprivate var bytesPerSample: Int {
        var bytes = durations.isEmpty ? 0 : 8
        if case .irregular = times { bytes += 8 }
        if !quality.isEmpty { bytes += 1 }
        return columns.reduce(bytes) { sum, column in
            if case .int16 = column { return sum + 2 }
            return sum + 4
        }
    }

    /// The block, with the instants written out where the period is no whole number of nanoseconds:
    /// a part of it would else begin at a fraction.
    fileprivate var sliceable: SampleBlock {
        guard case .regular(_, let period, _) = times,
            !period.numerator.isMultiple(of: period.denominator)
        else { return self }
        var block = self
        block.times = .irregular((0..<count).map { times[$0].nanoseconds })
        return block
    }

    /// A part of a ``sliceable`` block.
    fileprivate func rows(_ range: Range<Int>) -> SampleBlock {
        let axis: TimeAxis
        switch times {
        case .regular(_, let period, _):
            axis = .regular(start: times[range.lowerBound], period: period, count: range.count)
        case .irregular(let all): axis = .irregular(Array(all[range]))
        }
        return SampleBlock(
            device: device, quantity: quantity, origin: origin, times: axis,
            durations: durations.isEmpty ? [] : Array(durations[range]),
            columns: columns.map { column in
                switch column {
                case .float32(let values): .float32(Array(values[range]))
                case .int16(let values, let scale): .int16(Array(values[range]), scale)
                case .int32(let values, let scale): .int32(Array(values[range]), scale)
                }
            }, quality: quality.isEmpty ? [] : Array(quality[range]))
    }
}
