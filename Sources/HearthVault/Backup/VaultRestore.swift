// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// Makes a store from a backup, from what is sound of a damaged store, or from both.
public struct VaultRestore {
    /// What a restore may put up with.
    public struct Options: Sendable {
        /// The newest state that this machine has seen may be newer than what is restored.
        public var allowsOlder = false
        /// What is missing may stay missing; otherwise nothing is made unless all is there.
        public var allowsLoss = false

        public init(allowsOlder: Bool = false, allowsLoss: Bool = false) {
            self.allowsOlder = allowsOlder
            self.allowsLoss = allowsLoss
        }
    }

    /// What a restore brought back.
    public struct Report: Sendable {
        /// The generation of the root that was taken.
        public var generation: UInt64
        public var packs: Int
        public var samples: Int
        /// What could not be had from any source.
        public var losses: [VaultLoss]
        /// False if something was missing and so nothing was made.
        public var isMade: Bool
    }

    private let location: VaultLocation
    private let sources: [any PackSource]
    private let options: Options

    /// `location` is a folder that is not there yet, or empty.
    public init(to location: VaultLocation, from sources: [any PackSource], _ options: Options) {
        self.location = location
        self.sources = sources
        self.options = options
    }

    /// What the key slots of key files ask for, as they say without a secret.
    public static func factors(of keyImages: [[UInt8]]) -> Set<KeyFactor> {
        var factors: Set<KeyFactor> = []
        for image in keyImages {
            guard let head = try? KeyHead(Array(image.prefix(KeyLayout.headBytes))) else {
                continue
            }
            let slots = (0..<KeyLayout.keySlots).compactMap { KeySlot($0, in: head) }
            factors.formUnion(slots.map(\.factor))
        }
        return factors
    }

    /// Makes the store, and opens and checks every pack on the way.
    ///
    /// The newest root of all sources is taken. A pack is taken from the first source that has it
    /// sound. At the end a new generation is stored, and a new anchor.
    ///
    /// `check` may run the checks it is given at the same time; one after the other if not told
    /// otherwise. Outcomes are in the order of the checks.
    ///
    /// - Parameter keyImages: one or two key files, of a bundle or of the damaged store.
    /// - Throws: `vaultExists`, `wrongPassphrase`, `rolledBack` for something older than was seen,
    ///   `damaged` if no root or top can be read, `diskFull`, `io`.
    public func run(
        keyImages: [[UInt8]], with credential: Credential,
        check: @escaping ([SealCheck]) -> [[Bool]] = { $0.map { $0.run() } }
    ) throws(VaultError) -> Report {
        do { try HearthCrypto.start() } catch { throw VaultError(crypto: error) }
        guard !Vault.exists(at: location) else {
            throw VaultError(.vaultExists, "there already is a vault in this folder")
        }
        let parent = StoreName.parent(of: location.store)
        try SystemError.makeFolders(parent)
        let draft = "\(location.store).restoring-\(hex(SecureRandom.bytes(4)))"
        try SystemError.makeFolder(draft)
        do {
            let report = try fill(draft, keyImages, credential, check)
            if !report.isMade { Self.clear(draft) }
            return report
        } catch {
            Self.clear(draft)
            throw error
        }
    }

    private static func clear(_ draft: String) {
        for name in StoreName.all { try? SystemError.remove("\(draft)/\(name)") }
        SystemError.removeFolder(draft)
    }

    private func fill(
        _ draft: String, _ keyImages: [[UInt8]], _ credential: Credential,
        _ check: @escaping ([SealCheck]) -> [[Bool]]
    ) throws(VaultError) -> Report {
        let lockFile = try StoreFile("\(draft)/\(StoreName.lock)", .create)
        try lockFile.lock()
        for (name, image) in zip(KeyFile.names, keyImages) {
            let file = try StoreFile("\(draft)/\(name)", .create)
            try file.write(image, at: 0)
            try file.sync()
        }
        let keyFile = try KeyFile.open(in: draft, with: credential)
        let databasePath = "\(draft)/\(StoreName.database)"
        let database = try PackDatabase.create(databasePath, isDraft: true)
        let (walk, root, rows) = try collect(into: database, keyFile, check)
        let hard = walk.losses.filter { $0.part != .results }
        let report = Report(
            generation: root.generation, packs: walk.count, samples: walk.samples,
            losses: walk.losses, isMade: hard.isEmpty || options.allowsLoss)
        guard report.isMade else { return report }
        try database.transaction { writer in
            for (row, sealed) in rows.enumerated() {
                if let sealed { try writer.setRoot(row, sealed) }
            }
        }
        _ = try database.compact()
        try database.close()
        // Until here nothing waited for the disk; a crash leaves a draft, which is no store.
        try StoreFile(databasePath, .update).sync()
        try Ballast.make(in: draft)
        try SystemError.syncFolder(draft)
        try SystemError.rename(draft, to: location.store)
        try SystemError.syncFolder(StoreName.parent(of: location.store))
        let vault: Vault
        do { vault = try finish(walk, keyFile, lockFile) } catch {
            // Without a generation of its own it would stand in the way of the next attempt.
            Self.clear(location.store)
            throw error
        }
        try vault.resumeErases()
        vault.close()
        return report
    }

    // MARK: Root and packs

    /// Copies what hangs from the newest root whose top can be read.
    private func collect(
        into database: PackDatabase, _ keyFile: KeyFile,
        _ run: @escaping ([SealCheck]) -> [[Bool]]
    ) throws(VaultError) -> (walk: RestoreWalk, root: Root, rows: [[UInt8]?]) {
        let anchor = try readAnchor(keyFile.keys)
        let roots = try candidates(keyFile.keys, anchor)
        guard !roots.isEmpty else { throw .damaged("no root opens with these keys") }
        for (place, candidate) in roots.enumerated() {
            do { try check(candidate.root, candidate.hash, anchor, keyFile) } catch {
                // What stands in the way then is that the newest top cannot be read.
                if place > 0 { break }
                throw error
            }
            let batch = InsertBatch(database)
            var walk = RestoreWalk(keyFile, sources, run: run) {
                (id, sealed) throws(VaultError) in try batch.add(id, sealed)
            }
            guard try walk.take(candidate.root, candidate.hash) else { continue }
            try batch.flush()
            var rows: [[UInt8]?] = [nil, nil]
            rows[candidate.root.row] = candidate.row
            if candidate.row == nil {
                rows[candidate.root.row] = try candidate.root.sealed(keyFile.keys).row
            }
            if let before = roots.first(where: { $0.hash == candidate.root.previous }) {
                rows[1 - candidate.root.row] = before.row
            }
            return (walk, candidate.root, rows)
        }
        throw .damaged("the top of the index cannot be read in any source")
    }

    private typealias Candidate = (root: Root, hash: [UInt8], row: [UInt8]?)

    /// All roots that open, the newest first.
    private func candidates(
        _ keys: VaultKeys, _ anchor: Anchor?
    ) throws(VaultError) -> [Candidate] {
        var found: [Candidate] = []
        for source in sources {
            let rows = source.rootRows
            for row in 0..<min(2, rows.count) {
                if let opened = Root.open(rows[row], row: row, keys) {
                    found.append((opened.root, opened.hash, rows[row]))
                }
            }
        }
        // A row that does not open may be the newest: its root is repeated in a page.
        for source in sources where source.rootRows.contains(where: { !opens($0, keys) }) {
            var wanted: Set<UInt64> = []
            if let anchor { wanted.formUnion([anchor.generation, anchor.generation + 1]) }
            if let newest = found.map(\.root.generation).max() { wanted.insert(newest + 1) }
            for known in found { wanted.remove(known.root.generation) }
            if let root = spared(in: source, wanted, keys) {
                found.append((root, try root.hash(keys), nil))
            }
        }
        return found.sorted { $0.root.generation > $1.root.generation }
    }

    private func opens(_ row: [UInt8]?, _ keys: VaultKeys) -> Bool {
        row == nil || (0...1).contains { Root.open(row, row: $0, keys) != nil }
    }

    private func spared(
        in source: any PackSource, _ generations: Set<UInt64>, _ keys: VaultKeys
    ) -> Root? {
        let sealer = PackSealer(keys: keys)
        for id in source.smallPackIDs {
            guard let sealed = source.pack(id), sealed.count == PackClass.small.bytes else {
                continue
            }
            for generation in generations {
                do {
                    let page = try sealer.openUnnamed(
                        sealed, id, .spareRoot, generation: generation, under: keys.index)
                    return try Root(spared: page)
                } catch { continue }
            }
        }
        return nil
    }

    private func readAnchor(_ keys: VaultKeys) throws(VaultError) -> Anchor? {
        do { return try Anchor.read(in: "\(location.state)/\(hex(keys.vaultID))", keys) } catch {
            if options.allowsOlder { return nil }
            throw error
        }
    }

    private func check(
        _ root: Root, _ hash: [UInt8], _ anchor: Anchor?, _ keyFile: KeyFile
    ) throws(VaultError) {
        guard !options.allowsOlder else { return }
        if let anchor {
            guard root.generation >= anchor.generation else {
                throw VaultError(
                    .rolledBack,
                    "this is generation \(root.generation) of the vault, but this machine has "
                        + "seen generation \(anchor.generation)")
            }
            guard root.generation > anchor.generation || hash == anchor.rootHash else {
                throw VaultError(
                    .rolledBack,
                    "this is another generation \(root.generation) than the one "
                        + "that this machine has seen")
            }
        }
        guard keyFile.epoch >= root.keyEpoch else {
            throw VaultError(.rolledBack, "the keys are older than the packs")
        }
    }

    // MARK: The new generation

    /// The vault with a new generation without what is lost, and its anchor.
    private func finish(
        _ walk: RestoreWalk, _ keyFile: KeyFile, _ lockFile: StoreFile
    ) throws(VaultError) -> Vault {
        let database = try PackDatabase.open("\(location.store)/\(StoreName.database)")
        let vault = try Vault(
            location: location, lockFile: lockFile, keyFile: keyFile, database: database,
            state: walk.state)
        var change = Change(vault.state)
        change.months = walk.months
        change.nodes = walk.people
        let lost = walk.losses.count
        try vault.addAudit(
            "restore", lost == 0 ? "complete" : "\(lost) parts lost", to: &change)
        try vault.commit(change)
        return vault
    }
}

/// Packs on their way into a store, some megabytes in one transaction.
private final class InsertBatch {
    private static let limit = 16 << 20
    private let database: PackDatabase
    private var packs: [(id: UInt64, sealed: [UInt8])] = []
    private var bytes = 0

    init(_ database: PackDatabase) { self.database = database }

    func add(_ id: UInt64, _ sealed: [UInt8]) throws(VaultError) {
        packs.append((id, sealed))
        bytes += sealed.count
        if bytes >= Self.limit { try flush() }
    }

    func flush() throws(VaultError) {
        let batch = packs.sorted { $0.id < $1.id }
        try database.transaction { writer in
            for pack in batch { try writer.insert(pack.id, pack.sealed) }
        }
        packs = []
        bytes = 0
    }
}
