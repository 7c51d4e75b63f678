// SPDX-License-Identifier: Apache-2.0

/// Reads Avro's binary encoding by a writer's schema, from bytes that arrive in any pieces.
///
/// Iterative: what is open lies on a stack of at most ``ReadLimits/depth``. Nothing is allocated by a
/// count that the bytes name; a count larger than the bytes left is refused.
struct AvroDecoder: Sendable {
    enum Outcome: Sendable, Equatable {
        case needsBytes
        /// One whole value of the root type was read.
        case complete
        case failed(Failure)
    }

    /// Why bytes cannot be a value of the schema.
    enum Failure: Error, Sendable, Equatable {
        case number, branch, count, depth, steps
    }

    private enum Stage: Sendable {
        case root, begin, finished
        case number(Use)
        case boolean
        case word(width: Int)
        case bytes(left: Int64, isKey: Bool)
    }
    /// What a number is for.
    private enum Use: Sendable { case value, symbol, branch, blockCount, blockBytes, length, key }

    private struct Frame: Sendable {
        /// The record's or the items' type.
        var type: Int
        var path: EmbracePlusPath
        /// The next field of a record.
        var field = 0
        /// Items left of the block of an array or map.
        var left: Int64 = 0
        var kind: FrameKind
        /// An array of numbers, whose items are read without going round.
        var isPlain = false
    }
    private enum FrameKind: Sendable { case record, array, map }

    let schema: AvroSchema
    /// Where the values that are open stand, outermost first.
    var openPaths: [EmbracePlusPath] { stack.map(\.path) }
    private var stack: [Frame] = []
    private var stage = Stage.root
    private var type = 0
    private var path = EmbracePlusPath.session
    private var number = AvroVarint()
    private var word: UInt64 = 0
    private var wordBytes = 0
    private var text: [UInt8] = []
    /// Bytes of the block, and how many were taken.
    private var blockBytes: Int64 = 0
    private var taken: Int64 = 0
    private var stepsLeft: Int64 = 0
    private let depth: Int

    /// Bytes of a text that are kept; serial numbers are shorter.
    private static let keptText = 256
    /// Values begun outside arrays of numbers: so many in each block, and so many more for each of
    /// its bytes in the file. Records without bytes, and bytes that deflate to nothing, could else be
    /// multiplied at will. Real sessions have under 200.
    private static let freeSteps: Int64 = 4096
    private static let stepsForByte: Int64 = 4

    init(schema: AvroSchema, limits: ReadLimits) {
        self.schema = schema
        self.depth = max(1, limits.depth)
    }

    /// Prepares for a block of at most `bytes`, which takes `stored` bytes in the file.
    mutating func begin(blockBytes bytes: Int64, stored: Int64) {
        blockBytes = bytes
        taken = 0
        let (paid, overflow) = stored.multipliedReportingOverflow(by: Self.stepsForByte)
        stepsLeft = Self.freeSteps + (overflow ? Int64.max / 2 : min(paid, .max / 2))
        restart()
    }

    /// Prepares for the next value of the root type.
    mutating func restart() {
        stack.removeAll(keepingCapacity: true)
        stage = .root
        number = AvroVarint()
        word = 0
        wordBytes = 0
    }

    /// Reads on from `index`; `session` is told of every value.
    mutating func read(
        _ bytes: Span<UInt8>, _ index: inout Int, _ session: inout EmbracePlusSession,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Outcome {
        let start = index
        defer { taken += Int64(index - start) }
        while true {
            let failure: Failure?
            switch stage {
            case .root:
                type = 0
                path = .session
                stage = .begin
                failure = nil
            case .begin: failure = beginValue(at: Int64(index - start))
            case .finished:
                if stack.isEmpty { return .complete }
                failure = try next(&session, into: &sink)
            case .number(let use):
                guard index < bytes.count else { return .needsBytes }
                failure = try takeNumber(bytes, &index, use, start, &session, into: &sink)
            case .boolean:
                guard index < bytes.count else { return .needsBytes }
                index += 1
                stage = .finished
                failure = nil
            case .word(let width):
                guard takeWord(bytes, &index, width, &session) else { return .needsBytes }
                failure = nil
            case .bytes(let left, let isKey):
                guard takeBytes(bytes, &index, left, isKey, &session) else { return .needsBytes }
                failure = nil
            }
            if let failure { return .failed(failure) }
        }
    }

    // MARK: Beginning a value

    private mutating func beginValue(at offset: Int64) -> Failure? {
        stepsLeft -= 1
        guard stepsLeft >= 0 else { return .steps }
        switch schema.kinds[type] {
        case .null: stage = .finished
        case .boolean: stage = .boolean
        case .integer: stage = .number(.value)
        case .single: stage = .word(width: 4)
        case .double: stage = .word(width: 8)
        case .symbols: stage = .number(.symbol)
        case .union: stage = .number(.branch)
        case .bytes:
            text.removeAll(keepingCapacity: true)
            stage = .number(.length)
        case .fixed(let size):
            text.removeAll(keepingCapacity: true)
            guard size <= blockBytes - taken - offset else { return .count }
            stage = .bytes(left: size, isKey: false)
        case .record: return open(Frame(type: type, path: path, kind: .record), .finished)
        case .array(let items):
            let frame = Frame(type: items, path: path, kind: .array, isPlain: isNumber(items))
            return open(frame, .number(.blockCount))
        case .map(let values):
            return open(Frame(type: values, path: .elsewhere, kind: .map), .number(.blockCount))
        case .named: return .branch
        }
        return nil
    }

    private mutating func open(_ frame: Frame, _ next: Stage) -> Failure? {
        guard stack.count < depth else { return .depth }
        stack.append(frame)
        stage = next
        return nil
    }

    /// The innermost open value goes on: its next field or item, or its end.
    private mutating func next(
        _ session: inout EmbracePlusSession, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Failure? {
        let last = stack.count - 1
        switch stack[last].kind {
        case .record:
            guard case .record(let fields) = schema.kinds[stack[last].type] else { return .branch }
            let field = stack[last].field
            guard field < fields.count else {
                try session.end(stack[last].path, into: &sink)
                stack.removeLast()
                return nil
            }
            stack[last].field += 1
            type = fields[field].type
            path = stack[last].path.field(fields[field].name)
            session.begin(path)
            stage = .begin
        case .array, .map:
            stack[last].left -= 1
            beginItem(last)
        }
        return nil
    }

    private mutating func beginItem(_ last: Int) {
        if stack[last].left <= 0 {
            stage = .number(.blockCount)
        } else if stack[last].kind == .map {
            stage = .number(.key)
        } else {
            type = stack[last].type
            path = stack[last].path
            stage = .begin
        }
    }

    private func isNumber(_ type: Int) -> Bool {
        switch schema.kinds[type] {
        case .integer, .single, .double: true
        default: false
        }
    }

    /// Whether the next item of an array of numbers follows in the same block.
    @inline(__always)
    private mutating func goesOnPlainly() -> Bool {
        guard let last = stack.indices.last, stack[last].isPlain, stack[last].left > 1 else {
            return false
        }
        stack[last].left -= 1
        return true
    }

    // MARK: Numbers

    private mutating func takeNumber(
        _ bytes: Span<UInt8>, _ index: inout Int, _ use: Use, _ start: Int,
        _ session: inout EmbracePlusSession, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Failure? {
        while index < bytes.count {
            let step = number.take(bytes[index])
            index += 1
            switch step {
            case .more: continue
            case .tooLong: return .number
            case .value(let value):
                if case .value = use {
                    try session.take(value, path, into: &sink)
                    if goesOnPlainly() { continue }
                    stage = .finished
                    return nil
                }
                let left = blockBytes - taken - Int64(index - start)
                return resume(use, value, left: left, &session)
            }
        }
        return nil
    }

    private mutating func resume(
        _ use: Use, _ value: Int64, left: Int64, _ session: inout EmbracePlusSession
    ) -> Failure? {
        switch use {
        case .value: return nil
        case .symbol:
            guard case .symbols(let symbols) = schema.kinds[type], value >= 0,
                value < symbols.count
            else { return .branch }
            session.takeText(symbols[Int(value)], path)
            stage = .finished
        case .branch:
            guard case .union(let branches) = schema.kinds[type], value >= 0,
                value < branches.count
            else { return .branch }
            type = branches[Int(value)]
            stage = .begin
        case .length, .key:
            guard value >= 0, value <= left else { return .count }
            stage = .bytes(left: value, isKey: use == .key)
        case .blockCount: return beginBlock(value, left: left)
        case .blockBytes:
            guard value >= 0, value <= left, let last = stack.indices.last else { return .count }
            beginItem(last)
        }
        return nil
    }

    /// A negative count is followed by the size of the block in bytes, which is not needed.
    private mutating func beginBlock(_ count: Int64, left: Int64) -> Failure? {
        guard let last = stack.indices.last, count != .min else { return .count }
        if count == 0 {
            stack.removeLast()
            stage = .finished
            return nil
        }
        guard abs(count) <= left else { return .count }
        stack[last].left = abs(count)
        if count < 0 { stage = .number(.blockBytes) } else { beginItem(last) }
        return nil
    }

    // MARK: Words and texts

    /// A number of fixed width, low byte first; false if bytes are missing.
    private mutating func takeWord(
        _ bytes: Span<UInt8>, _ index: inout Int, _ width: Int,
        _ session: inout EmbracePlusSession
    ) -> Bool {
        while index < bytes.count {
            word |= UInt64(bytes[index]) << UInt64(8 * wordBytes)
            wordBytes += 1
            index += 1
            guard wordBytes == width else { continue }
            let value =
                width == 4
                ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: word)))
                : Double(bitPattern: word)
            word = 0
            wordBytes = 0
            session.take(real: value, path)
            if goesOnPlainly() { continue }
            stage = .finished
            return true
        }
        return false
    }

    private mutating func takeBytes(
        _ bytes: Span<UInt8>, _ index: inout Int, _ left: Int64, _ isKey: Bool,
        _ session: inout EmbracePlusSession
    ) -> Bool {
        let count = Int(min(left, Int64(bytes.count - index)))
        if !isKey {
            for at in index..<index + min(count, Self.keptText - text.count) {
                text.append(bytes[at])
            }
        }
        index += count
        guard Int64(count) == left else {
            stage = .bytes(left: left - Int64(count), isKey: isKey)
            return false
        }
        if isKey, let last = stack.indices.last {
            type = stack[last].type
            path = .elsewhere
            stage = .begin
        } else {
            session.takeText(text, path)
            stage = .finished
        }
        return true
    }
}
