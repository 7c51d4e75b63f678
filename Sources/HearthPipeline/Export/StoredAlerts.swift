// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthVault

/// An alert of a live stream as it is stored.
struct StoredAlert {
    /// What the line says; `Schemas/stream-line.schema.json` has the other terms.
    struct Terms: Decodable {
        var rule: String
        var model: String
        var source: String
        var from: String
        var to: String
        var value: Double?
        var unit: String
        var text: String?
    }

    var stream: String
    var sequence: UInt64
    var terms: Terms
    /// The stretch that it is about.
    var start: Timestamp
    var end: Timestamp
    /// The line as it was printed, without its end.
    var line: String
}

/// The alerts that a vault keeps of a person's live streams, a year at a time.
struct StoredAlerts {
    private static let firstDay: Int64 = -106_751
    private static let lastDay: Int64 = 106_751

    let vault: Vault
    let person: PersonID
    /// If given, alerts of days that must not be used for it are left out too.
    let purpose: Purpose?
    /// Alerts that end at or after `from` and before `to`.
    let from: Timestamp
    let to: Timestamp

    /// Calls `body` with each alert by its time. As with days, what is restricted is left out.
    func forEach(_ body: (StoredAlert) throws -> Void) throws {
        var day = max(Self.firstDay, from.utcDay)
        let last = min(Self.lastDay, to.utcDay)
        while day <= last {
            let end = min(last, day + 365)
            var found: [StoredAlert] = []
            for result in try lists(from: day, through: end) {
                found += try Self.alerts(of: result).filter { from <= $0.end && $0.end < to }
            }
            found.sort { ($0.end, $0.stream, $0.sequence) < ($1.end, $1.stream, $1.sequence) }
            for alert in found { try body(alert) }
            day = end + 1
        }
    }

    /// The lists of alerts of UTC days; no list where something of the day or the evening before it
    /// must not be used.
    private func lists(from day: Int64, through end: Int64) throws(VaultError) -> [StoredResult] {
        func held(for purpose: Purpose) throws(VaultError) -> [StoredResult] {
            try vault.results(
                of: person, from: LocalDate(dayNumber: day), through: LocalDate(dayNumber: end),
                for: purpose
            ).filter { $0.model.hasPrefix("live/") }
        }
        let all = try held(for: .insight)
        guard let purpose, !all.isEmpty else { return all }
        let given = Set(try held(for: purpose).map(\.day))
        return all.filter { given.contains($0.day) }
    }

    /// A list of alerts: of each its number, a blank and the line.
    private static func alerts(of result: StoredResult) throws(VaultError) -> [StoredAlert] {
        let parts = result.model.split(separator: "/")
        guard parts.count == 4 else {
            throw VaultError(.damaged, "a list of alerts has another name")
        }
        let decoder = JSONDecoder()
        var found: [StoredAlert] = []
        for text in String(decoding: result.payload, as: UTF8.self).split(separator: "\n") {
            guard let cut = text.firstIndex(of: " "), let sequence = UInt64(text[..<cut]) else {
                throw VaultError(.damaged, "a list of alerts has another shape")
            }
            let line = String(text[text.index(after: cut)...])
            guard
                let terms = try? decoder.decode(StoredAlert.Terms.self, from: Data(line.utf8)),
                let start = instant(terms.from), let end = instant(terms.to)
            else { throw VaultError(.damaged, "an alert has another shape") }
            found.append(
                StoredAlert(
                    stream: String(parts[2]), sequence: sequence, terms: terms, start: start,
                    end: end, line: line))
        }
        return found
    }

    /// `2026-01-05T03:10:00Z`, with up to nine digits of a fraction.
    private static func instant(_ text: String) -> Timestamp? {
        let parts = text.split(separator: "T")
        guard parts.count == 2, parts[1].hasSuffix("Z"), let day = LocalDate(String(parts[0]))
        else { return nil }
        let clock = parts[1].dropLast().split(separator: ".")
        let numbers = (clock.first ?? "").split(separator: ":").compactMap { Int64($0) }
        guard numbers.count == 3, clock.count <= 2 else { return nil }
        let digits = clock.count == 2 ? String(clock[1]) : ""
        guard digits.utf8.count <= 9,
            let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.utf8.count))
        else { return nil }
        let seconds = numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
        return Timestamp(seconds: day.dayNumber * 86_400 + seconds)
            .advanced(byNanoseconds: fraction)
    }
}
