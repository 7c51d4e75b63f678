// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthRights
import HearthVault

/// What every erase ends in: a signed receipt in a file, its line in the audit log, and words.
struct ErasureEnding {
    /// Where the receipt goes.
    enum Place {
        case file(String)
        /// Under a name made of the receipt's id.
        case folder(String)
    }

    /// What is said on standard output.
    enum Telling { case inFull, briefly, nothing }

    private let scope: ErasureScopeWords
    private let place: Place
    /// Who was given a copy with any of what goes, and has to be told.
    private let recipients: [String]
    var isMinimal = false
    var telling = Telling.briefly

    /// Looks up what cannot be known afterwards, and tries that the receipt can be written at all.
    init(
        _ erased: ErasureScope, _ scope: ErasureScopeWords, in vault: Vault, to place: Place
    ) throws {
        self.scope = scope
        self.place = place
        recipients = try Self.recipients(of: erased, in: vault)
        switch place {
        case .file(let path): try OutputFile.tryWriting(beside: path)
        case .folder(let folder): try OutputFile.tryWriting(beside: "\(folder)/receipt")
        }
    }

    private static func recipients(of erased: ErasureScope, in vault: Vault) throws -> [String] {
        let categories: Set<HearthBiosignals.Category> =
            if erased.results == .only { [.results] } else if let quantities = erased.quantities {
                Set(quantities.map(\.facts.category) + [.results])
            } else { Set(Category.choosable) }
        return try Sharing.toTell(
            of: erased.person, categories, from: erased.from ?? .distantPast,
            to: erased.to ?? .distantFuture, in: vault)
    }

    func finish(
        _ record: ErasureRecord, in vault: Vault, isRekeyed: Bool = false
    ) throws {
        let salt = isMinimal ? SecureRandom.bytes(16) : nil
        let receipt = ErasureReceipt(
            record, scope: scope, vault: vault.identifier, salt: salt, isRekeyed: isRekeyed,
            keyBundles: vault.keyBundlesMade.filter { $0.epoch < vault.keyEpoch }.map {
                "the key bundle made on \(WallTime.text($0.time))"
            },
            recipients: isMinimal ? [] : recipients)
        let signed = SignedReceipt(receipt, signedBy: vault)
        let path = path(of: record)
        try write(signed, to: path)
        // The log keeps what the file can be recognised by, should it be lost or changed.
        try vault.appendAudit(command: "receipt \(record.receiptID)", outcome: signed.summary)
        tell(record, receipt, path)
        if let salt {
            let opening = ScopeOpening(scope.text, salt: salt)
            try OutputFile.write(try opening.json, to: "\(path).scope.json")
            print("What its hash stands for, for you alone: \(path).scope.json")
        }
        if record.level == .notShown {
            Messages.error(
                "the check after the erase failed; keep the receipt and run `hearth verify`")
            throw ExitStatus.failed
        }
    }

    private func path(of record: ErasureRecord) -> String {
        let name = "hearth-receipt-\(record.receiptID.prefix(8)).json"
        return switch place {
        case .file(let path): path
        case .folder("."): name
        case .folder(let folder): "\(folder)/\(name)"
        }
    }

    /// What was erased is erased: a receipt that finds no room for its file is shown instead.
    private func write(_ signed: SignedReceipt, to path: String) throws {
        do { try OutputFile.write(signed.json, to: path) } catch {
            Messages.error("the receipt cannot be written to \(path): keep what follows")
            print(String(decoding: signed.json, as: UTF8.self))
        }
    }

    private func tell(_ record: ErasureRecord, _ receipt: ErasureReceipt, _ path: String) {
        switch telling {
        case .nothing: break
        case .briefly:
            print(
                "erased \(record.samples) samples of \(scope.subject); "
                    + "level \(record.level.rawValue); receipt \(path)")
        case .inFull:
            print("")
            print(receipt.plainWords, terminator: "")
            print("\nReceipt: \(path)")
        }
        // The full words name them already.
        if telling == .briefly || telling == .inFull && isMinimal { RightsText.tell(recipients) }
    }

    /// Asks on the terminal before data are destroyed.
    static func confirmed() -> Bool {
        guard Screen.inputIsTerminal else {
            Messages.error("erasing needs a yes: from a terminal, or with --yes")
            return false
        }
        Messages.write("Type ERASE to go on: ")
        return readLine() == "ERASE"
    }
}

extension ErasureScopeWords {
    /// The kinds of data alone.
    fileprivate var subject: String {
        let kinds = (categories ?? []) + (quantities ?? [])
        return kinds.isEmpty ? "all categories" : kinds.joined(separator: ", ")
    }
}
