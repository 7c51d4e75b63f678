// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
public import HearthVault

/// The frame of a data protection impact assessment (`gdpr` Article 35), filled from the policy. What
/// only people can judge stands in brackets.
public struct ImpactAssessment: Sendable {
    private let policy: VaultPolicyModel

    public init(_ records: VaultRecords) { policy = VaultPolicyModel(records) }

    public var markdown: String {
        var lines = [
            "# Data protection impact assessment", "",
            "Controller: \(policy.controller ?? "[name]"), \(policy.contact ?? "[contact]")", "",
            "## 1. The processing", "",
            "| category | for | ground | kept |", "| --- | --- | --- | --- |",
        ]
        lines += policy.categories.filter { !$0.purposes.isEmpty }.map {
            "| \($0.category) | \($0.purposes.joined(separator: ", ")) | \($0.basisWords) | \($0.keepWords) |"
        }
        lines += [
            "",
            "Recipients: "
                + (policy.recipients.isEmpty
                    ? "none" : policy.recipients.map(\.name).joined(separator: ", ")) + ".",
            "Scale: [how many people, how long]. Context: [relation to them, are there children].",
            "",
            "## 2. Necessity and proportion", "",
            "[Why each category is needed, and why less would not do.]", "",
            "## 3. Risks to people", "",
            "| risk | likelihood | severity | measure in the program |",
            "| --- | --- | --- | --- |",
            "| disk or backup is stolen | [ ] | [ ] | everything sealed; key from a passphrase by Argon2id |",
            "| somebody reads along on the open machine | [ ] | [ ] | none beyond locked memory; see the threat model |",
            "| a record is changed or put back | [ ] | [ ] | authenticated index, anchor, signed audit log |",
            "| a score is wrong and believed | [ ] | [ ] | every number with error, source and inputs; no diagnosis |",
            "| data are kept too long | [ ] | [ ] | `hearth retain --apply`, with receipts |",
            "| a copy goes astray | [ ] | [ ] | every copy recorded; copies themselves are outside the vault |",
            "", "## 4. What stays, and who decides", "",
            "[Residual risk; advice of the data protection officer; views of the people concerned;",
            "decision and date.]", "",
        ]
        return lines.joined(separator: "\n")
    }
}
