// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
public import HearthVault

/// What a person is told before their data are collected (`gdpr` Article 13), made of the policy that
/// is in force and of what this program does.
///
/// Equal policies and recipients give equal bytes, so that the hash of the notice tells which version
/// was shown.
public struct Notice: Sendable {
    private let policy: VaultPolicyModel
    private let law: Law
    private let version: String
    private let models: [String]
    private let gotCopies: [String]

    /// - Parameters:
    ///   - models: what the program computes with, each in a line.
    ///   - gotCopies: who else got a copy so far, by name.
    public init(
        _ records: VaultRecords, law: Law, version: String, models: [String],
        gotCopies: [String] = []
    ) {
        self.gotCopies = gotCopies
        policy = VaultPolicyModel(records)
        self.law = law
        self.version = version
        self.models = models
    }

    /// As Markdown, which reads as plain text too.
    public var markdown: String {
        var lines: [String] = []
        for block in blocks {
            switch block {
            case .title(let text): lines += ["# \(text)", ""]
            case .heading(let text): lines += ["## \(text)", ""]
            case .words(let text): lines += [text, ""]
            case .list(let items): lines += items.map { "- \($0)" } + [""]
            }
        }
        return lines.joined(separator: "\n")
    }

    /// As one page without script or anything from elsewhere.
    public var html: String {
        var body = ""
        for block in blocks {
            switch block {
            case .title(let text): body += "<h1>\(Self.escaped(text))</h1>\n"
            case .heading(let text): body += "<h2>\(Self.escaped(text))</h2>\n"
            case .words(let text): body += "<p>\(Self.escaped(text))</p>\n"
            case .list(let items):
                let rows = items.map { "<li>\(Self.escaped($0))</li>\n" }.joined()
                body += "<ul>\n\(rows)</ul>\n"
            }
        }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Privacy notice</title>
            <style>body{font:1rem/1.5 sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}</style>
            </head><body>
            \(body)</body></html>

            """
    }

    /// SHA-256 of a form of the notice, hexadecimal: its version.
    public static func digest(of text: [UInt8]) -> String {
        let hasher = SHA256Hasher()
        hasher.update(text.span)
        return hasher.finish().hexadecimal
    }

    private enum Block {
        case title(String), heading(String), words(String), list([String])
    }

    private var blocks: [Block] {
        [.title("Privacy notice")] + who + what + [
            .heading("Where it is kept"),
            .words(
                "In an encrypted vault on the machine of the \(law.controllerWord), opened with a "
                    + "passphrase. Hearth \(version) has no network code: it sends nothing to anybody."
            ),
        ] + giving + computed + recipients + rights
    }

    private var who: [Block] {
        guard let name = policy.controller, let contact = policy.contact else {
            return [
                .heading("Who"),
                .words(
                    "This vault is for a person's own use. Nobody else keeps or sees the data unless "
                        + "that person hands them a copy."),
            ]
        }
        return [
            .heading("Who"), .words("The \(law.controllerWord) is \(name). Contact: \(contact)."),
        ]
    }

    private var what: [Block] {
        var blocks: [Block] = [
            .heading("What, why and how long"),
            .words(
                "These are data about health, \(law.healthWord). Names, birth "
                    + "dates, e-mail addresses and serial numbers in files are dropped when they are "
                    + "read."),
        ]
        var told: Set<String> = []
        let used = policy.categories.filter { !$0.purposes.isEmpty }
        for one in used where told.insert(conditions(one)).inserted {
            blocks.append(.words(conditions(one)))
            blocks.append(.list(used.filter { conditions($0) == conditions(one) }.map(holds)))
        }
        return blocks
    }

    /// What categories that are told of together have in common.
    private func conditions(_ one: PolicyModel) -> String {
        let keep =
            one.keepDays == nil ? "kept \(policy.keepWords(one))" : "kept for \(one.keepWords)"
        return "For \(purposeWords(one.purposes)); on the ground of \(ground(one)); \(keep)."
    }

    /// Without the articles of another law.
    private func ground(_ one: PolicyModel) -> String {
        guard law != .gdpr, let cut = one.basisWords.range(of: " (") else { return one.basisWords }
        return String(one.basisWords[..<cut.lowerBound])
    }

    private func holds(_ one: PolicyModel) -> String {
        let what =
            one.quantities.isEmpty ? "scores and summaries" : one.quantities.joined(separator: ", ")
        return "\(one.category): \(what)"
    }

    private func purposeWords(_ names: [String]) -> String {
        names.compactMap { Purpose(name: $0)?.words }.joined(separator: "; ")
    }

    private var computed: [Block] {
        [
            .heading("What is computed"),
            .words(
                "Scores compare a person with their own past. Each comes with its formula, its inputs "
                    + "and its source (`hearth explain`). No decision with legal or similar effect is made "
                    + "by the program, and it is not a medical device."),
            .list(models),
        ]
    }

    private var recipients: [Block] {
        let heading = Block.heading("Who gets a copy")
        let named = policy.recipients.map { "\($0.name) (\($0.contact)): \($0.purpose)" }
        let known = Set(policy.recipients.map(\.name))
        let others = gotCopies.filter { !known.contains($0) }.map { "\($0): got a copy before" }
        guard !named.isEmpty || !others.isEmpty else {
            return [heading, .words("Nobody. Every copy that is made is recorded.")]
        }
        return [
            heading, .list(named + others),
            .words("Every copy that is made is recorded, with who got it and when."),
        ]
    }

    /// Whether the data have to be given, and what follows if not: Article 13(2)(e).
    private var giving: [Block] {
        let grounds = Set(policy.categories.filter { !$0.purposes.isEmpty }.map(\.basis))
        let free: Set = [LegalBasis.household.name, LegalBasis.consent.name]
        let duty =
            grounds.isSubset(of: free)
            ? "You need not give these data: neither a law nor a contract asks for them."
            : "Ask the \(law.controllerWord) at the contact above whether a law, a contract or your "
                + "care asks for those data that do not rest on your consent; the program asks for none."
        return [
            .heading("Whether you have to give them"),
            .words(
                "\(duty) What is not given is not stored, and the scores that need it are missing; "
                    + "nothing else follows in the program."),
        ]
    }

    private var rights: [Block] {
        [
            .heading("Your rights"), .words("An answer is due within \(law.answerTime)."),
            .list(law.rights.map { "\($0.right): \($0.command)" }),
        ]
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
