// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthCrypto

/// Where a vault lives: the folder of the store, and the folder for what must lie outside of it.
public struct VaultLocation: Sendable, Hashable {
    /// The folder with `keys.a`, `keys.b`, `store.db`, `lock` and `ballast`.
    public var store: String
    /// The folder that gets a folder a vault, with the anchor in it.
    public var state: String

    public init(store: String, state: String) {
        self.store = store
        self.state = state
    }
}

/// A person in the vault and the label they chose.
public struct Person: Sendable, Hashable {
    public var id: PersonID
    public var label: String
}

/// The encrypted store of one household or study: samples, results, keys, audit.
///
/// One owner; not for use from several tasks at once. The store is locked against other processes
/// from ``open(at:with:factor:)`` to ``close()``. Every method that changes something is durable
/// when it returns. Guide and format: `docs/vault-format.md`.
public final class Vault {
    let location: VaultLocation
    private let lockFile: StoreFile
    let keyFile: KeyFile
    let database: PackDatabase
    let sealer: PackSealer
    let codec: SeriesCodec
    var state: VaultState

    /// Months that were loaded, by person and month.
    var monthCache: [MonthKey: MonthIndex] = [:]
    var fingerprintCache: [PersonID: FingerprintList] = [:]
    /// Records of rights that were decoded.
    var recordsCache: [PersonID: PersonRecords] = [:]
    var vaultRecordsCache: VaultRecords?
    /// Opened raw packs, to read several streams of one pack without opening it again.
    var packCache = PackCache()
    /// Key slots the index refers to; nil until first needed.
    var takenSlots: Set<Int>?
    /// Set by a failure after which only a new look at the disk tells what is stored.
    var isBroken = false
    private var isClosed = false
    /// Problems that were found and worked around when the vault was opened.
    var openingProblems: [String] = []
    var openingRepairs: [String] = []
    /// Called at each step of a change, so that tests can take a copy of the store there.
    var onStep: ((VaultStep) -> Void)? {
        didSet {
            let step = onStep
            keyFile.onCopyWritten = step.map { step in { step(.keyCopyWritten) } }
        }
    }

    var keys: VaultKeys { keyFile.keys }
    var anchorFolder: String { "\(location.state)/\(identifier)" }

    init(
        location: VaultLocation, lockFile: StoreFile, keyFile: KeyFile, database: PackDatabase,
        state: VaultState
    ) throws(VaultError) {
        self.location = location
        self.lockFile = lockFile
        self.keyFile = keyFile
        self.database = database
        self.state = state
        sealer = PackSealer(keys: keyFile.keys)
        codec = try SeriesCodec()
    }

    // MARK: Creating, opening, closing

    /// Whether there is a vault in the folder.
    public static func exists(at location: VaultLocation) -> Bool {
        (KeyFile.names + [StoreName.database]).contains {
            SystemError.exists("\(location.store)/\($0)")
        }
    }

    /// Makes a vault with one key slot and opens it.
    ///
    /// The store is made under another name and renamed when it is complete, so that a crash leaves
    /// either no vault or a whole one.
    /// - Throws: `vaultExists`, `diskFull`, `readOnly`, `limitExceeded` for weak parameters, `io`.
    public static func create(
        at location: VaultLocation, passphrase: borrowing SecretBytes,
        kdf: KDFParameters = .standard
    ) throws(VaultError) -> Vault {
        try create(at: location, passphrase: passphrase, kdf: kdf, slots: KeyLayout.initialSlots)
    }

    /// As above, with a chosen number of data-key slots to begin with; for tests.
    package static func create(
        at location: VaultLocation, passphrase: borrowing SecretBytes, kdf: KDFParameters,
        slots: Int
    ) throws(VaultError) -> Vault {
        try startCrypto()
        guard !exists(at: location) else {
            throw VaultError(.vaultExists, "there already is a vault in this folder")
        }
        let folder = location.store
        let parent = StoreName.parent(of: folder)
        try SystemError.makeFolders(parent)
        let draft = "\(folder).creating-\(hex(SecureRandom.bytes(4)))"
        try SystemError.makeFolder(draft)
        do {
            let lockFile = try StoreFile("\(draft)/\(StoreName.lock)", .create)
            try lockFile.lock()
            try Ballast.make(in: draft)
            let keyFile = try KeyFile.create(
                in: draft, try Credential(passphrase, as: .passphrase), kdf, slots: slots)
            let first = try PackDatabase.create("\(draft)/\(StoreName.database)")
            let vault = try Vault(
                location: location, lockFile: lockFile, keyFile: keyFile, database: first,
                state: VaultState())
            try vault.commit(Change(vault.state))
            try first.close()
            // The lock goes on to the vault that is returned.
            vault.isClosed = true
            try SystemError.syncFolder(draft)
            try SystemError.rename(draft, to: folder)
            try SystemError.syncFolder(parent)
            return try opened(location, lockFile, keyFile)
        } catch {
            for name in StoreName.all { try? SystemError.remove("\(draft)/\(name)") }
            SystemError.removeFolder(draft)
            throw error
        }
    }

    /// Opens a vault with its passphrase or, with `factor` `.recoveryCode`, its recovery code
    /// (the typed words, or the 16 bytes they stand for).
    ///
    /// Finishes an erase that was interrupted, and repairs one key file from the other. `wait`
    /// is how long to try again where another process has the vault open.
    /// - Throws: `noVault`, `lockedByAnotherProcess`, `wrongPassphrase`, `damaged`, `rolledBack`,
    ///   `readOnly`, `unsupportedVersion`, `diskFull`, `io`.
    public static func open(
        at location: VaultLocation, with secret: borrowing SecretBytes,
        factor: KeyFactor = .passphrase, wait: Duration = .zero
    ) throws(VaultError) -> Vault {
        try startCrypto()
        return try open(at: location, with: try Credential(secret, as: factor), wait: wait)
    }

    /// As above, deriving no key twice; for the fault laboratory, which opens a vault a million
    /// times.
    package static func open(
        at location: VaultLocation, with secret: borrowing SecretBytes, derived: DerivedKeys
    ) throws(VaultError) -> Vault {
        try startCrypto()
        var credential = try Credential(secret, as: .passphrase)
        credential.derived = derived
        return try open(at: location, with: credential)
    }

    /// Opens a vault with whatever of `credential` a key slot asks for.
    ///
    /// - Throws: as ``open(at:with:factor:wait:)``.
    public static func open(
        at location: VaultLocation, with credential: Credential, wait: Duration = .zero
    ) throws(VaultError) -> Vault {
        try startCrypto()
        guard exists(at: location) else {
            throw VaultError(.noVault, "there is no vault in this folder")
        }
        let lockPath = "\(location.store)/\(StoreName.lock)"
        let lockFile = try StoreFile(lockPath, SystemError.exists(lockPath) ? .update : .create)
        try lockFile.lock(within: wait)
        return try opened(location, lockFile, try keyFile(location.store, credential))
    }

    /// Opens the key files; after a rotation that was interrupted the store says which are in force.
    private static func keyFile(
        _ folder: String, _ credential: Credential
    ) throws(VaultError) -> KeyFile {
        guard KeyFile.hasNext(in: folder) else {
            return try KeyFile.open(in: folder, with: credential)
        }
        let path = "\(folder)/\(StoreName.database)"
        guard SystemError.exists(path) else { throw .damaged("the store's database is missing") }
        let database = try PackDatabase.open(path)
        let rows = try database.roots()
        try database.close()
        return try KeyFile.openAfterRotation(in: folder, with: credential) { keys in
            (0...1).contains { Root.open(rows[$0], row: $0, keys) != nil }
        }
    }

    /// Ends the use of the vault: the lock is given back, data keys are wiped from memory, and the
    /// master key is when the vault itself is let go.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        isBroken = true
        keyFile.forget()
        packCache.removeAll()
        monthCache.removeAll()
        recordsCache.removeAll()
        vaultRecordsCache = nil
        try? database.close()
        lockFile.end()
    }

    deinit { close() }

    private static func opened(
        _ location: VaultLocation, _ lockFile: StoreFile, _ keyFile: KeyFile
    ) throws(VaultError) -> Vault {
        let path = "\(location.store)/\(StoreName.database)"
        guard SystemError.exists(path) else { throw .damaged("the store's database is missing") }
        let database = try PackDatabase.open(path)
        let vault = try Vault(
            location: location, lockFile: lockFile, keyFile: keyFile, database: database,
            state: VaultState())
        try vault.loadNewestGeneration()
        try vault.resumeErases()
        return vault
    }

    private static func startCrypto() throws(VaultError) {
        do { try HearthCrypto.start() } catch { throw VaultError(crypto: error) }
    }

    // MARK: Who and what

    /// The vault's random number, as 32 hexadecimal digits.
    public var identifier: String { hex(keys.vaultID) }

    /// Everybody in the vault, in the order in which they were added.
    public var people: [Person] {
        state.people.map { Person(id: $0.id, label: $0.node.label) }
    }

    /// The person with this label.
    public func person(labelled label: String) -> Person? {
        people.first { $0.label == label }
    }

    /// Adds a person. What was erased of somebody with this label before stays away.
    ///
    /// - Throws: `limitExceeded` if the label is taken or longer than 200 bytes.
    public func addPerson(label: String) throws(VaultError) -> Person {
        guard person(labelled: label) == nil, label.utf8.count <= 200 else {
            throw VaultError(.limitExceeded, "a label is unique and has at most 200 bytes")
        }
        var change = Change(state)
        let id = PersonID(rawValue: PackSealer.newID())
        change.state.people.append(
            VaultState.Person(
                id: id, slot: MonthIndex.noSlot, refs: [], node: node(of: id, label)))
        change.nodes.insert(id)
        try commit(change)
        return Person(id: id, label: label)
    }

    /// The public key that ``sign(_:)`` signs for: 32 bytes.
    public var verifyKey: [UInt8] { keys.signing.publicKey }

    /// Signs bytes with the vault's Ed25519 key: 64 bytes.
    public func sign(_ bytes: [UInt8]) -> [UInt8] { keys.signing.sign(bytes.span) }

    /// The generation of the newest root: it grows by one with every change.
    public var generation: UInt64 { state.generation }
}

/// Where a change stands; see `Vault.onStep`.
enum VaultStep: String, CaseIterable {
    case nextWritten, keyCopyWritten, packsInserted, committed, anchored, wiped, finished, compacted
}

/// File names of the store.
enum StoreName {
    static let lock = "lock"
    static let database = "store.db"
    static let ballast = "ballast"
    /// A folder; it holds files of others too, so that it is not in the list below.
    static let inbox = "inbox"
    static let all =
        [
            lock, database, "store.db-wal", "store.db-shm", ballast, KeyFile.nextName,
            KeyFile.draftName,
        ]
        + KeyFile.names

    static func parent(of path: String) -> String {
        guard let cut = path.lastIndex(of: "/") else { return "." }
        return cut == path.startIndex ? "/" : String(path[..<cut])
    }
}

/// Bytes as lower-case hexadecimal digits.
func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
}
