// SPDX-License-Identifier: Apache-2.0

/// A heart rhythm as WFDB annotations label it.
public struct WFDBRhythm: Hashable, Sendable {
    /// The label, such as `AFIB`; in files it follows a `(`.
    public let label: String

    /// All known labels. Their order is the stable code in stored files: new ones go to the end.
    static let labels = [
        "N", "AB", "AFIB", "AFL", "B", "BII", "IVR", "NOD", "P", "PREX", "SBR", "SVTA", "T", "VFL",
        "VT", "J", "VF", "VFIB", "ASYS", "SVT", "BI", "BIII", "SAB", "PM", "HGEA", "AVB", "NSR",
        "SBT", "STACH", "AT", "AJR", "PAT",
    ]

    /// `nil` if the label is not known.
    public init?(label: String) {
        guard Self.labels.contains(label) else { return nil }
        self.label = label
    }

    /// Where the label stands in the list.
    var index: UInt16 { UInt16(Self.labels.firstIndex(of: label) ?? 0) }
}

extension EventKind {
    /// A heart rhythm begins: 512 and the label's place in a fixed list, such as 514 for `AFIB`.
    public static func wfdbRhythm(_ rhythm: WFDBRhythm) -> EventKind {
        EventKind(rawValue: 512 + rhythm.index)
    }
}
