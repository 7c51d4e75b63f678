// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads a JSON document of any length and hands out its records one by one, as they end.
///
/// Records are the document (or each object of a document that is a list) and the places that the
/// shape cuts out; a record inside another is handed out first, while the one around it is still
/// ``open``. Memory is bounded: only known scalars are kept, up to a limit a record. Iterative.
///
/// Behind damage reading goes on at the next comma or bracket that fits what is open, so that damage
/// costs one member or element; a record whose end is missing is dropped.
struct JSONRecords<Field: JSONNames, Cut: JSONNames>: Sendable {
    enum Event: Sendable {
        /// ``JSONRecords/record`` is complete; `nil` for the document or an object of its list.
        case record(Cut?)
        case problem(JSONProblem)
        /// A scalar other than null where a document is expected.
        case stray
    }

    /// The record handed out last.
    private(set) var record = JSONRecord<Field>()
    /// Records that have begun and not ended, outermost first.
    private(set) var open: [JSONRecord<Field>] = []
    /// Where the last event is.
    private(set) var position = ReadPosition(byte: 0)
    /// How many objects or lists a document was seen to be.
    private(set) var documents = 0
    private(set) var sawNull = false
    /// True if nothing but white space was read.
    var isUntouched: Bool { tokenizer.isUntouched && documents == 0 && !sawNull }

    private struct Level: Sendable {
        var isObject: Bool
        /// The place of what is inside.
        var node: Int
        /// The place of the member whose key was read last.
        var member = -1
        /// Number of the next element.
        var next: Int32 = 0
        /// Number in the innermost array of the record.
        var index: Int32 = -1
        var isRecord = false
        var isList = false
        var cut: Cut?
    }

    private let shape: JSONShape<Field, Cut>
    private let limits: ReadLimits
    private let recordLimit: Int
    private var tokenizer: JSONTokenizer
    private var levels: [Level] = []
    private var spare = JSONRecord<Field>()
    private var records: Int64 = 0
    private var skip: JSONSkip?
    /// Whether the last token was a scalar that was kept.
    private var isFresh = false

    init(
        _ shape: JSONShape<Field, Cut>, limits: ReadLimits, allowsBareNumbers: Bool = false,
        recordLimit: Int? = nil
    ) {
        self.shape = shape
        self.limits = limits
        self.recordLimit = recordLimit ?? limits.recordBytes
        self.tokenizer = JSONTokenizer(limits: limits, allowsBareNumbers: allowsBareNumbers)
    }

    /// Starts over with a new document.
    mutating func reset() {
        tokenizer.reset()
        levels.removeAll(keepingCapacity: true)
        open.removeAll(keepingCapacity: true)
        skip = nil
    }

    /// The next event in `bytes` from `index` on; `nil` when more bytes are needed.
    ///
    /// - Parameter base: where in the recording `bytes` begin.
    mutating func next(_ bytes: Span<UInt8>, _ index: inout Int, base: Int64) -> Event? {
        while true {
            if skip != nil {
                switch skipOn(bytes, &index, base) {
                case .moreNeeded: return nil
                case .resumed: continue
                case .event(let event): return event
                }
            }
            // The UTF-8 mark, which stands at the very front or nowhere.
            while index < bytes.count, let place = Int(exactly: base + Int64(index)), place < 3,
                bytes[index] == ([0xEF, 0xBB, 0xBF] as [UInt8])[place]
            {
                index += 1
            }
            do throws(JSONProblem) {
                guard let token = try tokenizer.next(bytes, &index) else { return nil }
                position.byte = base + Int64(index - 1)
                if let event = take(token) { return event }
            } catch {
                position = ReadPosition(byte: base + Int64(index), record: records)
                beginSkip()
                return .problem(error)
            }
        }
    }

    /// The input has ended: what is wrong with that, and whether ``record`` holds a document that
    /// was cut off.
    mutating func finish(at byte: Int64) -> (problem: JSONProblem?, hasRecord: Bool) {
        position = ReadPosition(byte: byte, record: records)
        var problem: JSONProblem?
        do throws(JSONProblem) {
            if skip == nil { _ = try tokenizer.finish() }
        } catch {
            problem = error
        }
        guard let level = levels.first(where: { $0.isRecord && $0.cut == nil }), level.isRecord,
            let document = open.first
        else { return (problem, false) }
        record = document
        return (problem, true)
    }

    // MARK: Tokens

    private mutating func take(_ token: JSONToken) -> Event? {
        isFresh = false
        switch token {
        case .key:
            let last = levels.count - 1
            if last >= 0 {
                levels[last].member = shape.child(levels[last].node, tokenizer.text)
            }
            return nil
        case .beginObject, .beginArray:
            push(isObject: token == .beginObject)
            return nil
        case .endObject, .endArray: return pop()
        case .string, .number, .yes, .no, .null, .notANumber: return scalar(token)
        }
    }

    private mutating func push(isObject: Bool) {
        var level = Level(isObject: isObject, node: JSONShape<Field, Cut>.unknown)
        var element: Int32 = -1
        if let top = levels.last {
            if top.isObject {
                level.node = top.member
                level.index = top.index
            } else {
                level.node = shape.element(top.node)
                element = top.next
                level.index = element
                levels[levels.count - 1].next &+= 1
            }
            level.cut = shape.cut(level.node)
            level.isRecord = level.cut != nil || (top.isList && isObject)
        } else {
            documents += 1
            level.isRecord = isObject
            level.isList = !isObject
        }
        if level.isRecord {
            level.node = JSONShape<Field, Cut>.root
            level.index = -1
            records += 1
            position.record = records
            var record = JSONRecord<Field>()
            swap(&record, &spare)
            record.reset(at: position, index: element)
            open.append(record)
        }
        levels.append(level)
    }

    private mutating func pop() -> Event? {
        guard let level = levels.popLast(), level.isRecord, var ended = open.popLast() else {
            return nil
        }
        swap(&record, &ended)
        swap(&spare, &ended)
        guard !record.isOverfull else {
            position.record = records
            return .problem(
                JSONProblem(
                    code: .limitExceeded, found: "a longer record",
                    expected: "at most \(recordLimit) bytes"))
        }
        return .record(level.cut)
    }

    private mutating func scalar(_ token: JSONToken) -> Event? {
        guard let top = levels.last else {
            documents += 1
            sawNull = token == .null
            return sawNull ? nil : .stray
        }
        var node = top.member
        var index = top.index
        if !top.isObject {
            node = shape.element(top.node)
            index = top.next
            levels[levels.count - 1].next &+= 1
            if top.isList { return token == .null ? nil : .stray }
        }
        if let field = shape.field(node), !open.isEmpty {
            open[open.count - 1].append(
                field, index: index, token, tokenizer.text, limit: recordLimit)
            isFresh = true
        }
        return nil
    }

    // MARK: Behind damage

    private mutating func beginSkip() {
        skip = JSONSkip(isInString: tokenizer.isInString)
        // What stands right behind a scalar is likely part of it: `5x` is not 5.
        if isFresh, tokenizer.awaitsComma, !open.isEmpty { open[open.count - 1].removeLast() }
        isFresh = false
        // An element that could not be read keeps its number.
        let last = levels.count - 1
        if last >= 0, !levels[last].isObject, tokenizer.awaitsValue { levels[last].next &+= 1 }
    }

    private enum Skipped { case moreNeeded, resumed, event(Event) }

    private mutating func skipOn(
        _ bytes: Span<UInt8>, _ index: inout Int, _ base: Int64
    ) -> Skipped {
        while let mark = skip?.next(bytes, &index) {
            switch mark {
            case .comma:
                guard let top = levels.last else { continue }
                resume(top.isObject ? .key : .value)
                return .resumed
            case .opening(let isObject, let hasColon):
                if levels.count >= limits.depth {
                    skip?.goDeeper(&index)
                    continue
                }
                prepareOpening(isObject: isObject, hasColon: hasColon)
                resume(.value)
                return .resumed
            case .closing(let isObject):
                guard let match = levels.lastIndex(where: { $0.isObject == isObject }) else {
                    continue
                }
                drop(to: match + 1)
                position.byte = base + Int64(index - 1)
                let event = pop()
                resume(.afterValue)
                return event.map { .event($0) } ?? .resumed
            }
        }
        return .moreNeeded
    }

    /// Makes what is open fit an object or array that begins here.
    private mutating func prepareOpening(isObject: Bool, hasColon: Bool) {
        guard let top = levels.last, top.isObject else { return }
        levels[levels.count - 1].member = JSONShape<Field, Cut>.unknown
        // An object straight inside another: the bracket that ended the one before is lost.
        if isObject, !hasColon, let list = levels.lastIndex(where: { !$0.isObject }) {
            drop(to: list + 1)
        }
    }

    private mutating func drop(to count: Int) {
        while levels.count > count {
            if levels.removeLast().isRecord { _ = open.popLast() }
        }
    }

    private mutating func resume(_ place: JSONTokenizer.Place) {
        skip = nil
        tokenizer.resume(in: levels.map(\.isObject), place)
    }
}
