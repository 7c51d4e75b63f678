// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthRights
import HearthVault

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "What was done with the data, and proof that none of it is left out.",
        discussion: """
            Logged is what takes data in, gives it out or changes it: ingest, stream, export, \
            access, corrections, erase, and every change of what opens the vault. Looking at your \
            own numbers is not: a look would have to write. No line holds a value or a name; a \
            person is a mark of eight digits that this vault alone can make.
            """,
        subcommands: [Show.self, Verify.self, Head.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The audit log, oldest line first.")

        @Option(help: ArgumentHelp("First day, as yyyy-MM-dd (UTC).", valueName: "day"))
        var from: LocalDate?
        @Option(help: ArgumentHelp("Last day, as yyyy-MM-dd (UTC).", valueName: "day"))
        var to: LocalDate?
        @Option(help: ArgumentHelp("Only what was about this person.", valueName: "label"))
        var person: String?
        @Flag(help: "Print as JSON.") var json = false
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let log = AuditView(opened)
                var lines = try log.lines()
                if let person {
                    guard let who = opened.person(labelled: person) else {
                        Messages.error("the vault holds nothing of a person labelled \(person)")
                        throw ExitStatus.failed
                    }
                    lines = lines.filter { $0.person == who.label }
                }
                lines.removeAll { line in
                    from.map { line.day < $0 } ?? false || to.map { line.day > $0 } ?? false
                }
                if json { return try JSONOutput.show(lines) }
                var table = TextTable(
                    ["", "when", "user", "what", "of", "outcome"], rightAligned: [0])
                for line in lines {
                    table.add([
                        "\(line.sequence)", line.time, "\(line.user)", line.command,
                        line.person ?? line.mark ?? "", line.outcome,
                    ])
                }
                print(lines.isEmpty ? "nothing in this selection" : table.text)
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Check that no line of the log was changed, left out or added.",
            discussion: """
                Every line holds a keyed hash of itself and of the line before; the newest is in the \
                sealed root. With --head or --words, what you kept outside shows that everything \
                up to it is still there. Exit code 1: something is not as it was.
                """)

        @Option(help: ArgumentHelp("A head that `hearth audit head` wrote.", valueName: "file"))
        var head: String?
        @Option(
            help: ArgumentHelp(
                "The eight words at the foot of a report, in quotation marks.", valueName: "words"))
        var words: String?
        @OptionGroup var vault: VaultOptions

        func validate() throws {
            guard let words, AuditWords(words) == nil else { return }
            throw ValidationError("--words takes the \(AuditWords.count) words of a report's foot")
        }

        func run() throws {
            try Failure.handled {
                let kept = try head.map { try SignedAuditHead(file: try InputBytes.read($0)) }
                let opened = try vault.open()
                let trail = try opened.auditTrail()
                let noun = trail.count == 1 ? "entry" : "entries"
                print("\(trail.count) \(noun): the chain is whole and ends where the root says")
                if let kept { try tell(kept, trail, opened) }
                if let words = words.flatMap(AuditWords.init) { try tell(words, trail) }
            }
        }

        private func tell(
            _ kept: SignedAuditHead, _ trail: [AuditEntry], _ opened: Vault
        ) throws {
            switch kept.compare(with: trail, of: opened) {
            case .contained(let since):
                print(
                    "the head of \(kept.head.signedAt) is in it: \(kept.head.entries) entries "
                        + "then, \(since) since")
            case let finding:
                Messages.error(Self.explain(finding))
                throw ExitStatus.failed
            }
        }

        private func tell(_ words: AuditWords, _ trail: [AuditEntry]) throws {
            guard let then = words.entries(in: trail) else {
                Messages.error(
                    "the log never stood at these words: an older state was put back, entries were "
                        + "replaced, the words are of another vault, or one is not as printed")
                throw ExitStatus.failed
            }
            print("the words are in it: \(then) entries then, \(trail.count - then) since")
        }

        private static func explain(_ finding: SignedAuditHead.Finding) -> String {
            switch finding {
            case .contained: "the head is in the log"
            case .signatureDoesNotMatch: "the head's signature does not match; it was changed"
            case .ofAnotherVault: "the head is of another vault"
            case .cutShort: "the log is shorter than it was: an older state was put back"
            case .rewritten: "the log is another than it was: entries were replaced"
            }
        }
    }

    struct Head: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "head", abstract: "Write a signed note of how far the log has come.",
            discussion: """
                Keep it outside, such as with a person you trust or on paper: later \
                `hearth audit verify --head FILE` shows that the log still holds all of it.
                """)

        @Option(
            help: ArgumentHelp("Where to write it (default: standard output).", valueName: "file"))
        var out: String?
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                _ = try opened.auditTrail()
                let head = SignedAuditHead(of: opened, at: WallTime.now)
                guard let out else {
                    return print(String(decoding: head.data, as: UTF8.self), terminator: "")
                }
                try OutputFile.write(head.data, to: out)
            }
        }
    }
}

/// The audit log with the labels of the persons that are still there.
struct AuditView {
    struct Line: Encodable {
        var sequence: UInt64
        /// UTC.
        var time: String
        var user: UInt32
        var command: String
        /// The label of whom it was about; `nil` if nobody, or of somebody who was erased.
        var person: String?
        var mark: String?
        var outcome: String
        var hash: String
        fileprivate(set) var day: LocalDate

        private enum CodingKeys: CodingKey {
            case sequence, time, user, command, person, mark, outcome, hash
        }
    }

    private let vault: Vault
    private let labels: [String: String]

    init(_ vault: Vault) {
        self.vault = vault
        labels = Dictionary(
            vault.people.map { (vault.auditMark(of: $0.id), $0.label) },
            uniquingKeysWith: { first, _ in first })
    }

    func lines() throws -> [Line] {
        try vault.auditTrail().map { entry in
            let parts = entry.command.split(separator: " ")
            let mark = parts.last.flatMap { $0.hasPrefix("#") ? String($0.dropFirst()) : nil }
            let command = mark == nil ? entry.command : parts.dropLast().joined(separator: " ")
            return Line(
                sequence: entry.sequence, time: WallTime.text(entry.time), user: entry.user,
                command: command, person: mark.flatMap { labels[$0] }, mark: mark,
                outcome: entry.outcome, hash: entry.hash,
                day: LocalDate(dayNumber: entry.time.utcDay))
        }
    }
}
