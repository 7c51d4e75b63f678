// SPDX-License-Identifier: Apache-2.0

/// Whose words a text uses. None of it is legal advice.
public enum Law: String, Sendable, Hashable, CaseIterable {
    case gdpr, ccpa

    /// How long an answer to a request may take.
    public var answerTime: String {
        switch self {
        case .gdpr: "one month (GDPR Article 12(3))"
        case .ccpa: "45 days (CCPA, Cal. Civ. Code 1798.130)"
        }
    }

    /// The rights, each with the command that serves it.
    public var rights: [(right: String, command: String)] {
        switch self {
        case .gdpr:
            [
                ("know and get a copy (Article 15)", "hearth access"),
                ("set right what is wrong (Article 16)", "hearth amend"),
                ("have it erased (Article 17)", "hearth erase"),
                ("have its use restricted (Article 18)", "hearth restrict add"),
                ("take it along (Article 20)", "hearth export"),
                (
                    "withdraw consent as easily as it was given (Article 7(3))",
                    "hearth consent withdraw"
                ),
                ("object (Article 21)", "hearth restrict add"),
                ("complain to a supervisory authority (Article 77)", "no command: by letter to it"),
            ]
        case .ccpa:
            [
                ("know what is collected, and get a copy", "hearth access"),
                ("delete it", "hearth erase"),
                ("correct it", "hearth amend"),
                ("limit the use of sensitive personal information", "hearth restrict add"),
                ("opt out of sale and sharing", "nothing is sold or shared by the program"),
                (
                    "not be treated worse for using these rights",
                    "no command: a duty of the business"
                ),
            ]
        }
    }

    /// What the law calls who answers for the data.
    var controllerWord: String { self == .gdpr ? "controller" : "business" }
    /// What the law calls data about health.
    var healthWord: String {
        self == .gdpr ? "a special category of personal data" : "sensitive personal information"
    }
}
