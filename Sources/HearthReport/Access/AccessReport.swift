// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Everything a vault holds about a person, told to that person.
///
/// Follows what the right of access asks for: the data, their sources, purposes, recipients and storage
/// periods, and how every score comes about.
/// - Source: `gdpr`
public struct AccessReport: Sendable {
    /// One stream: a quantity from a device and a kind of file.
    public struct Holding: Sendable {
        public var category: String
        public var quantity: String
        public var source: String
        public var origin: String
        public var samples: Int
        /// Local days.
        public var first: String
        public var last: String

        public init(
            category: String, quantity: String, source: String, origin: String, samples: Int,
            first: String, last: String
        ) {
            self.category = category
            self.quantity = quantity
            self.source = source
            self.origin = origin
            self.samples = samples
            self.first = first
            self.last = last
        }
    }

    /// How a score comes about.
    public struct Score: Sendable {
        public var id: String
        public var label: String
        public var unit: String
        public var formula: String
        public var inputs: [String]
        public var baseline: String
        public var source: String
        public var model: String

        public init(
            id: String, label: String, unit: String, formula: String, inputs: [String],
            baseline: String, source: String, model: String
        ) {
            self.id = id
            self.label = label
            self.unit = unit
            self.formula = formula
            self.inputs = inputs
            self.baseline = baseline
            self.source = source
            self.model = model
        }
    }

    /// A table of texts; the first column names the row.
    public struct Table: Sendable {
        public var columns: [String]
        public var rows: [[String]]
        /// Places of columns with numbers.
        public var numeric: Set<Int>

        public init(columns: [String], rows: [[String]], numeric: Set<Int> = []) {
            self.columns = columns
            self.rows = rows
            self.numeric = numeric
        }
    }

    /// A heading with what is said under it.
    public struct Section: Sendable {
        public var title: String
        public var paragraphs: [String]
        public var table: Table?

        public init(title: String, paragraphs: [String], table: Table? = nil) {
            self.title = title
            self.paragraphs = paragraphs
            self.table = table
        }
    }

    public var person: String
    /// When it was made, UTC.
    public var made: String
    public var vault: String
    public var holdings: [Holding]
    /// In the order to show, between what is stored and how scores come about.
    public var sections: [Section]
    public var scores: [Score]
    /// Below the scores: the audit log and what else there is.
    public var closing: [Section]

    public init(
        person: String, made: String, vault: String, holdings: [Holding], sections: [Section],
        scores: [Score], closing: [Section]
    ) {
        self.person = person
        self.made = made
        self.vault = vault
        self.holdings = holdings
        self.sections = sections
        self.scores = scores
        self.closing = closing
    }

    var samples: Int { holdings.reduce(0) { $0 + $1.samples } }
}
