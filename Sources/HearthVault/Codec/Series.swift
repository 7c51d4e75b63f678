// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// Samples of one stream as flat columns, times explicit.
struct Series: Equatable {
    var times: [Int64] = []
    /// Empty if all are instants.
    var durations: [Int64] = []
    var columns: [SampleColumn]
    /// Empty if all are good.
    var quality: [UInt8] = []

    var count: Int { times.count }

    func duration(at index: Int) -> Int64 { durations.isEmpty ? 0 : durations[index] }
    func quality(at index: Int) -> UInt8 { quality.isEmpty ? 0 : quality[index] }

    /// The samples of `range`; columns that say nothing there are left out.
    func slice(_ range: Range<Int>) -> Series {
        var part = Series(columns: columns.map { $0.slice(range) })
        part.times = Array(times[range])
        if !durations.isEmpty, durations[range].contains(where: { $0 != 0 }) {
            part.durations = Array(durations[range])
        }
        if !quality.isEmpty, quality[range].contains(where: { $0 != 0 }) {
            part.quality = Array(quality[range])
        }
        return part
    }

    /// The samples at `indices`, in that order.
    func picking(_ indices: [Int]) -> Series {
        var part = Series(columns: columns.map { $0.picking(indices) })
        part.times = indices.map { times[$0] }
        if !durations.isEmpty { part.durations = indices.map { durations[$0] } }
        if !quality.isEmpty { part.quality = indices.map { quality[$0] } }
        return part
    }

    /// Appends samples; unlike columns become Float32.
    mutating func append(_ other: Series) {
        appendMarks(other.durations, other.quality, count: other.count)
        for index in columns.indices where index < other.columns.count {
            columns[index].append(other.columns[index])
        }
        times.append(contentsOf: other.times)
    }

    /// Appends durations and quality masks for `added` samples whose times are not yet appended.
    ///
    /// Either list may be empty, here or there: then it stands for zeros.
    mutating func appendMarks(_ moreDurations: [Int64], _ moreQuality: [UInt8], count added: Int) {
        if !durations.isEmpty || !moreDurations.isEmpty {
            durations.append(contentsOf: repeatElement(0, count: count - durations.count))
            durations.append(contentsOf: moreDurations)
            durations.append(contentsOf: repeatElement(0, count: added - moreDurations.count))
        }
        if !quality.isEmpty || !moreQuality.isEmpty {
            quality.append(contentsOf: repeatElement(0, count: count - quality.count))
            quality.append(contentsOf: moreQuality)
            quality.append(contentsOf: repeatElement(0, count: added - moreQuality.count))
        }
    }

    /// Whether samples `range` of `other` are these, bit for bit.
    func isIdentical(to other: Series, _ range: Range<Int>) -> Bool {
        guard count == range.count, columns.count == other.columns.count,
            times.elementsEqual(other.times[range])
        else { return false }
        let hasMarks =
            !durations.isEmpty || !quality.isEmpty || !other.durations.isEmpty
            || !other.quality.isEmpty
        for index in 0..<(hasMarks ? count : 0) {
            let place = range.lowerBound + index
            guard duration(at: index) == other.duration(at: place),
                quality(at: index) == other.quality(at: place)
            else { return false }
        }
        return zip(columns, other.columns).allSatisfy { $0.isIdentical(to: $1, range) }
    }

    /// Whether sample `a` comes before sample `b` of `other`: time, duration, values, quality.
    func order(_ a: Int, _ other: Series, _ b: Int) -> Int {
        if times[a] != other.times[b] { return times[a] < other.times[b] ? -1 : 1 }
        let (mine, theirs) = (duration(at: a), other.duration(at: b))
        if mine != theirs { return mine < theirs ? -1 : 1 }
        for index in columns.indices where index < other.columns.count {
            let left = Self.sortable(columns[index][a])
            let right = Self.sortable(other.columns[index][b])
            if left != right { return left < right ? -1 : 1 }
        }
        let (good, bad) = (quality(at: a), other.quality(at: b))
        return good == bad ? 0 : (good < bad ? -1 : 1)
    }

    /// Sorts by (time, duration, values, quality) and drops identical samples; says how many.
    mutating func sortAndUnite() -> Int {
        guard !isStrictlyAscending else { return 0 }
        var indices = Array(0..<count)
        let frozen = self
        indices.sort { frozen.order($0, frozen, $1) < 0 }
        var kept: [Int] = []
        kept.reserveCapacity(count)
        for index in indices {
            if let last = kept.last, frozen.order(last, frozen, index) == 0 { continue }
            kept.append(index)
        }
        self = frozen.picking(kept)
        return frozen.count - kept.count
    }

    /// Removes samples that are also in `stored`; both are sorted. Says how many.
    mutating func subtract(_ stored: Series) -> Int {
        var kept: [Int] = []
        kept.reserveCapacity(count)
        var other = 0
        for index in 0..<count {
            while other < stored.count, stored.order(other, self, index) < 0 { other += 1 }
            if other < stored.count, stored.order(other, self, index) == 0 { continue }
            kept.append(index)
        }
        guard kept.count < count else { return 0 }
        let dropped = count - kept.count
        self = picking(kept)
        return dropped
    }

    private var isStrictlyAscending: Bool {
        for index in times.indices.dropFirst() where times[index] <= times[index - 1] {
            return false
        }
        return true
    }

    /// Float bits in an order that is total and agrees with the values.
    private static func sortable(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
    }
}

extension SampleColumn {
    /// Whether values `range` of `other` are these, bit for bit; two not-a-numbers may be the same.
    func isIdentical(to other: SampleColumn, _ range: Range<Int>) -> Bool {
        switch (self, other) {
        case (.float32(let mine), .float32(let theirs)):
            for index in mine.indices
            where mine[index].bitPattern != theirs[range.lowerBound + index].bitPattern {
                return false
            }
            return true
        case (.int16(let mine, let scale), .int16(let theirs, let same)):
            return scale == same && mine.elementsEqual(theirs[range])
        case (.int32(let mine, let scale), .int32(let theirs, let same)):
            return scale == same && mine.elementsEqual(theirs[range])
        default: return false
        }
    }

    func slice(_ range: Range<Int>) -> SampleColumn {
        switch self {
        case .float32(let values): .float32(Array(values[range]))
        case .int16(let values, let scale): .int16(Array(values[range]), scale)
        case .int32(let values, let scale): .int32(Array(values[range]), scale)
        }
    }

    func picking(_ indices: [Int]) -> SampleColumn {
        switch self {
        case .float32(let values): .float32(indices.map { values[$0] })
        case .int16(let values, let scale): .int16(indices.map { values[$0] }, scale)
        case .int32(let values, let scale): .int32(indices.map { values[$0] }, scale)
        }
    }

    /// The physical values.
    var floats: [Float] {
        if case .float32(let values) = self { return values }
        return (0..<count).map { self[$0] }
    }

    mutating func append(_ other: SampleColumn) {
        switch (self, other) {
        case (.float32(var mine), .float32(let theirs)):
            self = .float32([])
            mine.append(contentsOf: theirs)
            self = .float32(mine)
        case (.int16(var mine, let scale), .int16(let theirs, let same)) where scale == same:
            self = .float32([])
            mine.append(contentsOf: theirs)
            self = .int16(mine, scale)
        case (.int32(var mine, let scale), .int32(let theirs, let same)) where scale == same:
            self = .float32([])
            mine.append(contentsOf: theirs)
            self = .int32(mine, scale)
        default:
            self = .float32(floats + other.floats)
        }
    }

    /// What must agree for two columns to be appended without conversion.
    var layout: ColumnLayout {
        switch self {
        case .float32: .float32
        case .int16(_, let scale): .int16(scale)
        case .int32(_, let scale): .int32(scale)
        }
    }
}

/// The type and scale of a column.
enum ColumnLayout: Hashable {
    case float32, int16(Scale), int32(Scale)

    var empty: SampleColumn {
        switch self {
        case .float32: .float32([])
        case .int16(let scale): .int16([], scale)
        case .int32(let scale): .int32([], scale)
        }
    }
}
