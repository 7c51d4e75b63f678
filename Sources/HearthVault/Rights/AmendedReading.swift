// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// What readers get of a stream: limits keep samples back, amendments change them.
struct ReadingRules {
    /// Samples in these spans are not handed out.
    var withheld: [ProcessingLimits.Span] = []
    /// Of the stream's device and quantity, in the order they were made.
    var amendments: [Amendment] = []

    var isEmpty: Bool { withheld.isEmpty && amendments.isEmpty }

    /// The amendment that was made last wins.
    private func amendment(at time: Int64) -> Amendment? {
        amendments.last { $0.from.nanoseconds <= time && time < $0.to.nanoseconds }
    }

    private func isWithheld(_ time: Int64) -> Bool {
        withheld.contains { $0.from <= time && time <= $0.last }
    }

    /// The samples as they were recorded: without those withheld, removed or amended.
    func recorded(_ part: Series) -> Series {
        guard !isEmpty else { return part }
        let kept = part.times.indices.filter { index in
            let time = part.times[index]
            return !isWithheld(time) && amendment(at: time) == nil
        }
        return kept.count == part.count ? part : part.picking(kept)
    }

    /// The amended samples of a part, with their new values; quality is good, time and duration stay.
    func amended(_ part: Series) -> Series {
        var columns: [[Float]] = []
        var kept: [Int] = []
        for index in part.times.indices where !isWithheld(part.times[index]) {
            guard let one = amendment(at: part.times[index]),
                case .replace(let values) = one.change
            else { continue }
            if columns.isEmpty { columns = values.map { _ in [] } }
            for (place, value) in values.enumerated() where place < columns.count {
                columns[place].append(value)
            }
            kept.append(index)
        }
        var series = Series(columns: columns.map { .float32($0) })
        series.times = kept.map { part.times[$0] }
        if !part.durations.isEmpty { series.durations = kept.map { part.durations[$0] } }
        return series
    }
}

/// One stream as it is handed out: stored, or made of the amended samples of stored ones.
struct ReadStream {
    var id: StreamID
    var stream: CatalogStream
    /// The place of the stream with this origin; `nil` if there is none.
    var own: Int?
    /// The streams whose samples were amended; empty for a stored stream.
    var sources: [Int] = []
}

extension Vault {
    /// The streams of a query in the order of their ids. Amended samples are a stream of their own,
    /// whose origin says so.
    func readOrder(
        _ query: SampleQuery, _ node: PersonNode, _ amendments: [Amendment]
    ) -> [ReadStream] {
        var found: [StreamID: ReadStream] = [:]
        for (number, stream) in node.streams.enumerated() {
            guard let stream, query.quantities?.contains(stream.quantity) ?? true,
                query.devices?.contains(stream.device) ?? true
            else { continue }
            let id = stream.id(of: query.person)
            found[id, default: ReadStream(id: id, stream: stream)].own = number
            let isAmended = amendments.contains {
                $0.change != .remove && $0.device == stream.device && $0.quantity == stream.quantity
            }
            guard isAmended else { continue }
            var made = stream
            made.origin.derivation = .amended
            let madeID = made.id(of: query.person)
            found[madeID, default: ReadStream(id: madeID, stream: made)].sources.append(number)
        }
        return found.values.sorted { $0.id < $1.id }
    }

    /// The rules for a stream and a range of time, end included.
    func rules(
        _ stream: CatalogStream, _ limits: ProcessingLimits, _ amendments: [Amendment],
        from: Int64, through last: Int64
    ) -> ReadingRules {
        ReadingRules(
            withheld: limits.spans(
                of: stream.quantity.facts.category, from: from, through: last),
            amendments: amendments.filter {
                $0.device == stream.device && $0.quantity == stream.quantity
                    && $0.from.nanoseconds <= last && $0.to.nanoseconds > from
            })
    }

    /// The samples of a stream in a cell, as its rules let them be seen, group by group.
    func forEachPart(
        of stream: ReadStream, in cell: MonthIndex.Cell, _ rules: ReadingRules,
        from: Int64, through last: Int64, _ body: (Series) throws -> Void
    ) throws {
        if stream.sources.isEmpty {
            guard let own = stream.own else { return }
            for group in Self.groups(cell, UInt32(own)) {
                let parts = try series(UInt32(own), in: group, from: from, through: last)
                    .map(rules.recorded).filter { $0.count > 0 }
                for part in Self.united(parts) { try body(part) }
            }
            return
        }
        var parts: [Series] = []
        if let own = stream.own {
            parts += try series(UInt32(own), in: cell, from: from, through: last)
                .map(rules.recorded)
        }
        for number in stream.sources {
            parts += try series(UInt32(number), in: cell, from: from, through: last)
                .map(rules.amended)
        }
        for part in Self.united(parts.filter { $0.count > 0 }) { try body(part) }
    }
}

extension Vault {
    /// Adds to an input digest what changes the samples that are read; nothing where nothing does.
    func addRights(
        of person: PersonID, for purpose: Purpose?, from: Int64, through last: Int64,
        to writer: inout ByteWriter
    ) throws(VaultError) {
        guard from <= last else { return }
        let spans = try limits(of: person, for: purpose).spans.filter {
            $0.from <= last && $0.last >= from
        }
        var amended = PersonRecords()
        amended.amendments = try knownRecords(of: person).amendments.filter {
            $0.from.nanoseconds <= last && $0.to.nanoseconds > from
        }
        if !spans.isEmpty {
            writer.label("hearth/limits/v1")
            for span in spans {
                writer.u16(span.categories.bits)
                writer.i64(span.from)
                writer.i64(span.last)
            }
        }
        if !amended.amendments.isEmpty {
            writer.label("hearth/amended/v1")
            writer.raw(amended.encoded())
        }
    }
}
