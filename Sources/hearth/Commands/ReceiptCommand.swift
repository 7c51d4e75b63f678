// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthIntake
import HearthRights
import HearthVault

struct ReceiptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt", abstract: "The receipts of erasures: list, look up, check.",
        subcommands: [List.self, Show.self, Verify.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Every erase of this vault, from its audit log.")

        @Flag(help: "Print as JSON.") var json = false
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let known = KnownReceipt.all(in: try vault.open().auditTrail())
                if json { return try JSONOutput.show(known) }
                var table = TextTable(["receipt", "when", "what is known of it"])
                for one in known { table.add([one.id, one.time, one.line]) }
                print(known.isEmpty ? "nothing was ever erased" : table.text)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "What the audit log keeps of one erase.",
            discussion: """
                The signed receipt is the file that `hearth erase` wrote; the vault keeps its \
                SHA-256, level and counts, and never whose data it was.
                """)

        @Argument(help: "The receipt's id, or the beginning of it.") var id: String
        @Flag(help: "Print as JSON.") var json = false
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let known = KnownReceipt.all(in: try vault.open().auditTrail())
                let found = known.filter { $0.id.hasPrefix(id) }
                guard let one = found.first, found.count == 1, !id.isEmpty else {
                    Messages.error(
                        found.isEmpty
                            ? "the audit log knows no receipt \(id)"
                            : "\(found.count) receipts begin with \(id)")
                    throw ExitStatus.failed
                }
                if json { return try JSONOutput.show(one) }
                print("receipt      \(one.id)")
                print("erased       \(one.time), \(one.outcome)")
                print("receipt file \(one.receipt ?? "not written: the erase was interrupted")")
                for time in one.resurrected { print("came back    allowed \(time)") }
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Check the signature and show the receipt in words.",
            discussion: """
                Needs no vault and no passphrase: anyone who has the file can do it. \
                scripts/verify-receipt.py does the same without Hearth.
                """)

        @Argument(help: "The receipt's file.") var file: String
        @Option(
            help: ArgumentHelp(
                "The vault's key, as you know it: the receipt must be signed by this one.",
                valueName: "digits"))
        var key: String?
        @Option(
            help: ArgumentHelp(
                "What the hash of a minimal receipt stands for: the .scope.json file.",
                valueName: "file"))
        var scope: String?

        func run() throws {
            try Failure.handled {
                let check = try ReceiptCheck(try InputBytes.read(file))
                guard check.isValid else {
                    Messages.error("\(file): the signature does not match; it was changed")
                    throw ExitStatus.failed
                }
                print(check.words)
                if let key, key != check.verifyKey {
                    Messages.error("\(file): signed by another key: \(check.verifyKey)")
                    throw ExitStatus.failed
                }
                if let scope { try verify(scope, check) }
                print("The signature is valid, made by the vault's key \(check.verifyKey)")
            }
        }

        private func verify(_ scope: String, _ check: ReceiptCheck) throws {
            let opening = try? JSONDecoder().decode(
                ScopeOpening.self, from: try InputBytes.read(scope))
            guard let hash = opening?.hash, hash == check.scopeHash, let opening else {
                Messages.error("\(scope) is not what the hash in \(file) stands for")
                throw ExitStatus.failed
            }
            print("The hash stands for: \(opening.scope)")
        }
    }
}

/// What the audit log says of one erase.
private struct KnownReceipt: Encodable {
    var id: String
    var time: String
    var outcome: String
    /// Level, counts and SHA-256 of the receipt; `nil` if none was written.
    var receipt: String?
    var resurrected: [String] = []

    var line: String {
        let level = receipt?.split(separator: ",").first.map(String.init) ?? "no receipt file"
        return "\(level), \(outcome)" + (resurrected.isEmpty ? "" : "; may come back")
    }

    static func all(in trail: [AuditEntry]) -> [KnownReceipt] {
        var known: [KnownReceipt] = []
        for entry in trail {
            let words = entry.command.split(separator: " ")
            guard words.count >= 2, let verb = words.first else { continue }
            let id = String(words[1])
            let place = known.firstIndex { $0.id == id }
            switch verb {
            case "erase":
                known.append(
                    KnownReceipt(id: id, time: WallTime.text(entry.time), outcome: entry.outcome))
            case "receipt": if let place { known[place].receipt = entry.outcome }
            case "resurrect":
                if let place { known[place].resurrected.append(WallTime.text(entry.time)) }
            default: break
            }
        }
        return known
    }
}

/// A small file that the person names.
enum InputBytes {
    /// - Throws: `IntakeError` if there is none or it cannot be read.
    static func read(_ path: String) throws -> Data {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw IntakeError(.notReadable, "\(path) cannot be read")
        }
        return data
    }
}

/// A value as JSON on standard output, with sorted keys.
enum JSONOutput {
    static func show(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
