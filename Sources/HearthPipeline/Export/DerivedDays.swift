// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthBiosignals
import HearthModels
public import HearthRights
public import HearthVault

/// The derived results of a person's days, scored where they are not cached, a month at a time.
public struct DerivedDays {
    private let service: ScoringService
    private let alerts: StoredAlerts
    private let vault: Vault
    private let person: PersonID
    private let purpose: Purpose?
    /// What results are made of.
    private let sources: Set<HearthBiosignals.Category>
    private let from: LocalDate?
    private let to: LocalDate?

    /// - Parameters:
    ///   - from: the first local day, or `nil` for the first there is.
    ///   - to: the last local day.
    ///   - purpose: if given, days are left out on which anything of what they came from must not be
    ///     used for it.
    public init(
        vault: Vault, person: PersonID, from: LocalDate?, to: LocalDate?,
        for purpose: Purpose? = nil
    ) throws {
        service = try ScoringService(vault: vault, person: person)
        let zone = service.zoneTimeline
        alerts = StoredAlerts(
            vault: vault, person: person, purpose: purpose,
            from: from.map { zone.instant(of: $0) } ?? .distantPast,
            to: to.map { zone.instant(of: $0.advanced(by: 1)) } ?? .distantFuture)
        self.vault = vault
        self.person = person
        self.purpose = purpose
        sources = try Sharing.held(SampleQuery(person: person, purpose: nil), in: vault)
        self.from = from
        self.to = to
    }

    /// How each number comes about, in the order of the report.
    public static var methods: [DerivedMethod] {
        MetricCatalog.all.map {
            DerivedMethod(
                id: $0.id, label: $0.label, unit: $0.unit, formula: $0.formula,
                inputs: $0.inputs.joined(separator: " "), source: $0.source, model: $0.model)
        }
    }

    /// The results in the form that an export takes.
    public var results: DerivedResults {
        DerivedResults(
            methods: Self.methods, alertMethods: Self.alertMethods,
            forEachDay: { body in try forEach(body) },
            forEachAlert: { body in try forEachAlert { try body(Array($0.line.utf8)) } })
    }

    /// Calls `body` with each stored alert of a live stream, by its time.
    func forEachAlert(_ body: (StoredAlert) throws -> Void) throws { try alerts.forEach(body) }

    /// Calls `body` with each day that has a result, ascending.
    public func forEach(_ body: (DerivedDay) throws -> Void) throws {
        guard let known = service.daysWithResults else { return }
        var day = max(from ?? known.lowerBound, known.lowerBound)
        let last = min(to ?? known.upperBound, known.upperBound)
        let zone = service.zoneTimeline
        while day <= last {
            let end = min(last, day.advanced(by: 30))
            for features in try service.features(from: day, through: end).features
            where try mayGive(features.day) {
                try body(
                    DerivedDay(
                        day: features.day, start: zone.instant(of: features.day),
                        end: zone.instant(of: features.day.advanced(by: 1)),
                        metrics: features.metrics, night: features.night,
                        record: Self.record(features)))
            }
            day = end.advanced(by: 1)
        }
    }

    /// Whether there is a day with a result, or an alert.
    public func hasAny() throws -> Bool {
        struct Found: Error {}
        do {
            try forEach { _ in throw Found() }
            try forEachAlert { _ in throw Found() }
        } catch is Found { return true }
        return false
    }

    private func mayGive(_ day: LocalDate) throws -> Bool {
        guard let purpose else { return true }
        let window = DayScorer.window(of: day, zone: service.zoneTimeline)
        return try vault.refusal(
            of: person, for: purpose, sources, from: window.from, to: window.to) == nil
    }

    private static func record(_ features: DayFeatures) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(features) else {
            preconditionFailure("a type of numbers, text and dates has no JSON form")
        }
        return [UInt8](data)
    }
}
