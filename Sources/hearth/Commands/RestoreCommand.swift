// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthCrypto
import HearthPipeline
import HearthVault

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a vault from a backup, or from what is left of one.",
        discussion: """
            Sources are backups and the folders of damaged vaults, in any number; what is damaged \
            in one is taken from another. Every pack is opened and checked. The vault is made in a \
            new folder, named with --vault; nothing that is there is changed.

            What was erased does not come back: its keys are not in a key bundle that was made \
            after the erase. If something is missing it is named, and nothing is made unless you \
            say --salvage.
            """)

    @Argument(help: "Backups (folders or files) and folders of damaged vaults.")
    var sources: [String]

    @Option(
        help: ArgumentHelp(
            "The key bundle (default: the one beside the backup, or the damaged vault's own keys).",
            valueName: "file"))
    var keys: String?

    @Option(
        help: ArgumentHelp(
            "Open a key bundle that is an age file with the identity in this file.",
            valueName: "file"))
    var identity: String?

    @Option(
        help: ArgumentHelp(
            "Open a key bundle that is an age file with the passphrase in this file's first line.",
            valueName: "file"))
    var bundlePassphraseFile: String?

    @Flag(help: "Restore what is there even if something is missing.") var salvage = false

    @Flag(help: "Restore even if this machine has seen a newer state of the vault.")
    var older = false

    @OptionGroup var vault: VaultOptions

    func run() throws {
        try Failure.handled {
            do { try restore() } catch let error as VaultError where error.code == .rolledBack {
                Messages.error(error.message)
                Messages.hint(
                    "--older restores it on purpose; what was stored since then is missing, and "
                        + "a newer copy of the vault on this machine will be refused")
                throw ExitStatus.failed
            }
        }
    }

    private func restore() throws {
        let target = vault.location
        guard !Vault.exists(at: target) else {
            throw VaultError(.vaultExists, "there is already a vault in \(target.store)")
        }
        var found: [any PackSource] = []
        var images: [[UInt8]] = []
        var stores: [SealedStore] = []
        defer { for store in stores { store.close() } }
        for source in sources {
            let place = VaultLocation(store: source, state: target.state)
            if Vault.exists(at: place) {
                let store = try SealedStore.open(at: place)
                stores.append(store)
                found.append(store)
                if images.isEmpty { images = try SealedStore.keyImages(at: place) }
            } else {
                guard FileManager.default.fileExists(atPath: source) else {
                    Messages.error("there is nothing at \(source)")
                    throw ExitStatus.failed
                }
                found.append(try BackupFolder(path: source).open(toleratesDamage: salvage))
            }
        }
        if let path = bundlePath(hasKeys: !images.isEmpty) {
            let bundle = try KeyBundleFile.read(path, ageReader)
            images = bundle.keyImages
            found.append(bundle)
        }
        guard !images.isEmpty else {
            Messages.error("there is no key bundle beside \(sources[0])")
            Messages.hint("name it with --keys FILE; `hearth backup` says where it wrote it")
            throw ExitStatus.failed
        }
        let options = VaultRestore.Options(allowsOlder: older, allowsLoss: salvage)
        let report = try VaultRestore(to: target, from: found, options).run(
            keyImages: images, with: vault.credential { VaultRestore.factors(of: images) },
            check: ParallelChecks.run)
        try tell(report, target.store)
    }

    /// The bundle that was named, or else the one beside a backup.
    private func bundlePath(hasKeys: Bool) -> String? {
        if let keys { return keys }
        if hasKeys { return nil }
        for source in sources {
            let beside = BackupFolder(path: source).keysPath
            for path in [beside, beside + ".age"]
            where FileManager.default.fileExists(atPath: path) {
                return path
            }
        }
        return nil
    }

    private func ageReader() throws -> AgeReader {
        if let identity { return AgeReader(identity: try KeyBundleFile.identity(identity)) }
        if let bundlePassphraseFile {
            return AgeReader(passphrase: try PassphraseFile.read(file: bundlePassphraseFile))
        }
        return AgeReader(passphrase: try PassphraseInput.ask("Passphrase of the key bundle: "))
    }

    private func tell(_ report: VaultRestore.Report, _ folder: String) throws {
        for loss in report.losses { Messages.error("missing: \(loss.text)") }
        guard report.isMade else {
            Messages.error("\(report.losses.count) parts are missing, so nothing was made")
            Messages.hint("name another source that may hold them, or take the rest: --salvage")
            throw ExitStatus.failed
        }
        print("\(report.packs) packs, \(report.samples) samples: \(folder)")
        guard report.losses.isEmpty else {
            Messages.note("everything but the \(report.losses.count) parts named is restored")
            if report.losses.contains(where: { $0.part == .results }) {
                Messages.note("results that are missing are computed again when needed")
            }
            throw ExitStatus.someSkipped
        }
        Messages.note("everything is restored")
    }
}
