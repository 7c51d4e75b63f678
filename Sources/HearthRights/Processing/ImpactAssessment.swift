// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
public import HearthVault

/// The frame of a data protection impact assessment (`gdpr` Article 35), filled from the policy. What
/// only people can judge stands in brackets.
public struct ImpactAssessment: Sendable {
    private let policy: VaultPolicyModel

    private let gotCopies: [String]

    /// - Parameter gotCopies: who else got a copy so far, by name.
    public init(_ records: VaultRecords, gotCopies: [String] = []) {
        policy = VaultPolicyModel(records)
        self.gotCopies = gotCopies
    }

    private var recipients: String {
        let named = policy.recipients.map(\.name)
        let others = gotCopies.filter { !named.contains($0) }.map { "\($0) (got a copy)" }
        return named.isEmpty && others.isEmpty ? "none" : (named + others).joined(separator: ", ")
    }

    public var markdown: String {
        var lines = [
            "# Data protection impact assessment", "",
            "Controller: \(policy.controller ?? "[name]"), \(policy.contact ?? "[contact]")", "",
            "## 1. The processing", "",
            "| category | for | ground | kept |", "| --- | --- | --- | --- |",
        ]
        lines += policy.categories.filter { !$0.purposes.isEmpty }.map {
            "| \($0.category) | \($0.purposes.joined(separator: ", ")) | \($0.recordedBasis) | \(policy.keepWords($0)) |"
        }
        lines += [
            "",
            "Recipients: \(recipients).",
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
