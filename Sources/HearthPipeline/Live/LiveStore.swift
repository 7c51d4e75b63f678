// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthVault

/// The vault as a live session uses it: samples, alerts and the session's place, in one transaction.
public final class LiveStore {
    /// Alerts of a day are kept in parts of about this size, so that little is written anew.
    static let partBytes = 65_536

    private let vault: Vault
    private let person: PersonID
    private let session: IngestSession

    public init(vault: Vault, person: PersonID) throws(VaultError) {
        self.vault = vault
        self.person = person
        session = try vault.beginIngest(for: person)
    }

    func checkpoint(named name: String) throws(VaultError) -> LiveCheckpoint? {
        try vault.liveCheckpoint(named: name, of: person)
    }

    /// The spans whose samples were erased for good.
    func erasedSpans(
        _ device: SourceDevice, _ quantity: Quantity
    ) throws(VaultError) -> [Range<Timestamp>] {
        try vault.erasedSpans(device: device, quantity: quantity, of: person)
    }

    func append(_ block: SampleBlock) throws(VaultError) { try session.append(block) }

    /// Makes everything durable: the samples handed in, these alerts, the place.
    func commit(
        alerts: [LiveLine], of name: String, checkpoint: LiveCheckpoint
    ) throws(VaultError) -> IngestOutcome {
        try session.commit(results: try results(with: alerts, of: name), checkpoint: checkpoint)
    }

    /// The alerts that the vault holds of a live stream, by number.
    public static func alerts(
        of name: String, in vault: Vault, of person: PersonID
    ) throws(VaultError) -> [(sequence: UInt64, line: String)] {
        var found: [(sequence: UInt64, line: String)] = []
        let (first, last) = (LocalDate(dayNumber: -106_751), LocalDate(dayNumber: 106_751))
        for result in try vault.results(of: person, from: first, through: last, for: .alert)
        where result.model.hasPrefix(model(name) + "/") {
            for text in String(decoding: result.payload, as: UTF8.self).split(separator: "\n") {
                guard let cut = text.firstIndex(of: " "), let sequence = UInt64(text[..<cut]) else {
                    throw VaultError(.damaged, "a list of alerts has another shape")
                }
                found.append((sequence, String(text[text.index(after: cut)...]) + "\n"))
            }
        }
        return found.sorted { $0.sequence < $1.sequence }
    }

    /// What the vault knows of the person's wall clock.
    public static func zone(in vault: Vault, of person: PersonID) throws -> ZoneTimeline {
        ZoneTimeline(try ZoneSpan.all(in: vault, of: person))
    }

    func alerts(of name: String) throws(VaultError) -> [(sequence: UInt64, line: String)] {
        try Self.alerts(of: name, in: vault, of: person)
    }

    private static func model(_ name: String) -> String { "live/1/\(name)" }

    /// The lists of the days of these alerts with the alerts at their end. An alert belongs to the
    /// UTC day in which it ends, so that it goes with the samples of that day.
    private func results(
        with alerts: [LiveLine], of name: String
    ) throws(VaultError) -> [StoredResult] {
        var lists: [LocalDate: (part: Int, payload: [UInt8])] = [:]
        var full: [StoredResult] = []
        for alert in alerts {
            let day = LocalDate(dayNumber: alert.time.utcDay)
            var list: (part: Int, payload: [UInt8])
            if let known = lists[day] { list = known } else { list = try lastPart(day, name) }
            if list.payload.count >= Self.partBytes {
                if lists[day] != nil { full.append(result(day, name, list)) }
                list = (list.part + 1, [])
            }
            list.payload += Array("\(alert.sequence) ".utf8) + alert.bytes
            lists[day] = list
        }
        return full + lists.sorted { $0.key < $1.key }.map { result($0.key, name, $0.value) }
    }

    private func lastPart(
        _ day: LocalDate, _ name: String
    ) throws(VaultError) -> (part: Int, payload: [UInt8]) {
        var last = (part: 1, payload: [UInt8]())
        for result in try vault.results(of: person, from: day, through: day) {
            guard result.model.hasPrefix(Self.model(name) + "/"),
                let part = Int(result.model.dropFirst(Self.model(name).count + 1)),
                part >= last.part
            else { continue }
            last = (part, result.payload)
        }
        return last
    }

    private func result(
        _ day: LocalDate, _ name: String, _ list: (part: Int, payload: [UInt8])
    ) -> StoredResult {
        StoredResult(
            day: day, model: "\(Self.model(name))/\(list.part)", inputDigest: [],
            payload: list.payload)
    }
}
