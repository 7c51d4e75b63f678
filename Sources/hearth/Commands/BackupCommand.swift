// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthCrypto
import HearthPipeline
import HearthVault

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the vault, sealed as it is, to another place.",
        discussion: """
            The sealed packs go to a folder; run again, only what is new is added. A path that \
            ends in .hearthbackup is one file with everything instead. The key bundle, a small \
            file with the wrapped keys and the index, is written beside it: keep it in another \
            place. Both and your passphrase are needed to restore; neither can be read without.

            Make a backup after every erase, and destroy the key bundles from before: with an old \
            bundle and an old copy of the packs, erased data could be opened again. The vault \
            remembers when bundles were made.
            """)

    @Argument(help: "A folder, or a file whose name ends in .hearthbackup.") var path: String

    @Option(
        help: ArgumentHelp(
            "Where the key bundle goes (default: beside the backup, NAME.hearthkeys).",
            valueName: "file"))
    var keys: String?

    @Flag(help: "Copy the packs alone, which needs no passphrase.") var noKeys = false

    @Option(
        help: ArgumentHelp(
            "Seal the key bundle to this recipient as an age file (age1…); may be repeated.",
            valueName: "age1…"))
    var recipient: [String] = []

    @Option(
        help: ArgumentHelp(
            "Seal the key bundle as an age file with the passphrase in this file's first line.",
            valueName: "file"))
    var bundlePassphraseFile: String?

    @OptionGroup var vault: VaultOptions

    func validate() throws {
        let seals = (recipient.isEmpty ? 0 : 1) + (bundlePassphraseFile == nil ? 0 : 1)
        guard seals < 2 else {
            throw ValidationError("--recipient and --bundle-passphrase-file exclude each other")
        }
        guard !noKeys || (keys == nil && seals == 0) else {
            throw ValidationError("--no-keys makes no key bundle, so none can be placed or sealed")
        }
    }

    func run() throws {
        try Failure.handled {
            let folder = BackupFolder(path: path)
            if noKeys {
                let store = try SealedStore.open(at: vault.location)
                defer { store.close() }
                try copy(store, to: folder)
                Messages.note("no key bundle was made; without one the copy cannot be opened")
                return
            }
            let opened = try vault.open()
            let target = keys ?? folder.keysPath + (isSealed ? ".age" : "")
            let recipients = try recipient.map { text in try AgeRecipient(text) }
            let earlier = opened.keyBundlesMade.filter { $0.epoch < opened.keyEpoch }
            let bundle = try opened.makeKeyBundle()
            try write(bundle, to: target, recipients)
            try copy(opened.sealed, to: folder)
            print("key bundle: \(target)")
            Messages.note("keep the key bundle in another place than the packs")
            if let last = earlier.last {
                Messages.note(
                    "destroy key bundles from before now, the last of them made on "
                        + "\(WallTime.text(last.time)): they open what was erased since")
            }
        }
    }

    private var isSealed: Bool { !recipient.isEmpty || bundlePassphraseFile != nil }

    private func write(
        _ bundle: KeyBundle, to target: String, _ recipients: [AgeRecipient]
    ) throws {
        if let bundlePassphraseFile {
            let secret = try PassphraseFile.read(file: bundlePassphraseFile)
            try KeyBundleFile.write(bundle, to: target, AgeWriter(passphrase: secret))
        } else if !recipients.isEmpty {
            try KeyBundleFile.write(bundle, to: target, AgeWriter(recipients: recipients))
        } else {
            try KeyBundleFile.write(bundle, to: target, nil)
        }
    }

    private func copy(_ store: SealedStore, to folder: BackupFolder) throws {
        let run = try folder.add(store, time: Timestamp.now.nanoseconds)
        let gone = run.removed > 0 ? ", \(run.removed) are gone since" : ""
        print("\(run.packs) new packs\(gone): \(run.path)")
    }
}
