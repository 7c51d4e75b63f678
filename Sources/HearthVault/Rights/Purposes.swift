// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What data are used for. The raw value is the stable code in stored files.
public enum Purpose: UInt8, Sendable, Hashable, CaseIterable {
    /// Storing the samples, sealed, so that they can be shown and taken along.
    case keep = 1
    /// Computing scores, baselines and reports from them.
    case insight = 2
    /// Watching live samples and giving alerts.
    case alert = 3
    /// Handing a copy to somebody else.
    case share = 4
    /// Research beyond the person's own use.
    case research = 5

    /// The name in files and on the command line.
    public var name: String {
        switch self {
        case .keep: "keep"
        case .insight: "insight"
        case .alert: "alert"
        case .share: "share"
        case .research: "research"
        }
    }

    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// In plain words, to follow "for".
    public var words: String {
        switch self {
        case .keep: "keeping the samples, encrypted"
        case .insight: "computing scores, baselines and reports"
        case .alert: "watching live samples and giving alerts"
        case .share: "handing a copy to somebody else"
        case .research: "research"
        }
    }
}

/// Why data may be processed (`gdpr` Articles 6 and 9). The raw value is the code in stored files.
public enum LegalBasis: UInt8, Sendable, Hashable, CaseIterable {
    /// The person's own household use: outside the regulation, Article 2(2)(c).
    case household = 1
    /// Explicit consent, Article 9(2)(a).
    case consent = 2
    /// Article 9(2)(h).
    case healthCare = 3
    /// Article 9(2)(j).
    case research = 4
    /// Article 9(2)(c).
    case vitalInterest = 5

    public var name: String {
        switch self {
        case .household: "household"
        case .consent: "consent"
        case .healthCare: "health-care"
        case .research: "research"
        case .vitalInterest: "vital-interest"
        }
    }

    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// Whose use a vault is for. The raw value is the code in stored files.
public enum VaultMode: UInt8, Sendable, Hashable, CaseIterable {
    /// A person's own use: nothing is asked and nothing is refused.
    case personal = 0
    /// Somebody keeps data of others: consent is needed where the policy rests on it.
    case controller = 1

    public var name: String { self == .personal ? "personal" : "controller" }
}

extension Category {
    /// The name in files and on the command line.
    public var name: String {
        switch self {
        case .heart: "heart"
        case .beats: "beats"
        case .movement: "movement"
        case .motion: "motion"
        case .sleep: "sleep"
        case .respiration: "respiration"
        case .temperature: "temperature"
        case .load: "load"
        case .waveform: "waveform"
        case .context: "context"
        case .clock: "clock"
        case .results: "results"
        }
    }

    public init?(name: String) {
        guard let found = Category.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// What a person can be asked about: all but the clock, which only says what local time it was.
    public static let choosable = Category.allCases.filter { $0 != .clock }

    /// The quantities of the category.
    public var quantities: Set<Quantity> {
        Set(Quantity.allCases.filter { $0.facts.category == self })
    }
}

extension Set<Category> {
    /// One bit a category, at the place of its code.
    var bits: UInt16 { reduce(0) { $0 | 1 << UInt16($1.rawValue) } }

    init(bits: UInt16) { self = Set(Category.allCases.filter { bits & 1 << $0.rawValue != 0 }) }
}

extension Set<Purpose> {
    /// One bit a purpose, at the place of its code.
    var bits: UInt16 { reduce(0) { $0 | 1 << UInt16($1.rawValue) } }

    init(bits: UInt16) { self = Set(Purpose.allCases.filter { bits & 1 << $0.rawValue != 0 }) }
}
