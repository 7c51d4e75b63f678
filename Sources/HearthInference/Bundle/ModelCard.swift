// SPDX-License-Identifier: Apache-2.0

/// What a person should know before believing a model.
public struct ModelCard: Sendable, Equatable {
    /// An error that was measured: what, how much, and on whom.
    public struct Measurement: Sendable, Equatable {
        public var measure: String
        public var value: String
        public var population: String
    }

    public var title: String
    /// What the model is for, and what it is not for.
    public var intendedUse: [String]
    /// What it was trained and measured on.
    public var data: [String]
    public var measuredError: [Measurement]
    public var limits: [String]

    /// Reads a card; a card that leaves out the data, an error or a limit is refused.
    ///
    /// - Throws: `damaged`.
    init(_ bytes: [UInt8]) throws(InferenceError) {
        let json = try CanonicalJSON(canonical: bytes, limits: BundleLimits.card)
        var fields = try JSONFields(json, of: "card")
        title = try fields.text("title")
        intendedUse = try fields.texts("intendedUse", atLeast: 1)
        data = try fields.texts("data", atLeast: 1)
        limits = try fields.texts("limits", atLeast: 1)
        let errors = try fields.list("measuredError")
        try fields.close()
        guard !errors.isEmpty else {
            throw InferenceError(
                .damaged, found: "card: no measured error", expected: "at least one")
        }
        var measured: [Measurement] = []
        for error in errors {
            var fields = try JSONFields(error, of: "measured error")
            measured.append(
                Measurement(
                    measure: try fields.text("measure"), value: try fields.text("value"),
                    population: try fields.text("on")))
            try fields.close()
        }
        measuredError = measured
    }
}
