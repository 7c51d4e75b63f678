// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import HearthVault

/// What has to be gone after an erase that a crash cut short.
final class EraseCheck {
    private let calls: ShimCalls
    private var began: Int?
    /// Slots of the key file, as they were before the erase and will be after it.
    private var before: [UInt8] = []
    private let after: [Int: [UInt8]]
    private let first: [UInt8]
    private var oldPacks: [(path: String, bytes: [UInt8]?)] = []

    private static let head = 36_864
    private static let slot = 128

    init(_ log: CrashLog, _ calls: ShimCalls) {
        self.calls = calls
        var disk = CrashDisk(log)
        var after: [Int: [UInt8]] = [:]
        var first: [UInt8] = []
        var random = SeededRandom(seed: 1)
        for step in log.steps {
            switch step {
            case .change(let entry): disk.play(entry)
            case .mark(let mark) where mark.isDone:
                let keys = disk.image(0, &random).bytes("/store/keys.a") ?? []
                if first.isEmpty { first = keys }
                after[mark.index] = keys
            default: break
            }
        }
        self.after = after
        self.first = first
    }

    /// Remembers the store as it was when the erase began.
    func follow(_ disk: CrashDisk, _ instant: Instant) {
        guard let begun = instant.begun, begun.index != began else { return }
        began = begun.index
        var random = SeededRandom(seed: 1)
        let image = disk.image(0, &random)
        before = image.bytes("/store/keys.a") ?? []
        oldPacks = image.entries.filter { $0.path.hasPrefix("/store/store.db") }
    }

    /// Slots in which a key was and is destroyed by the act: written before, changed by it.
    private func doomed(_ index: Int) -> [Range<Int>] {
        guard let after = after[index] else { return [] }
        return stride(from: Self.head, to: before.count, by: Self.slot).compactMap { start in
            let range = start..<(start + Self.slot)
            guard range.upperBound <= after.count, before[range] != after[range] else { return nil }
            return range.upperBound <= first.count && before[range] == first[range] ? nil : range
        }
    }

    /// The wrapped keys that the act destroys and that a file of the store still holds.
    func remains(_ location: VaultLocation, _ index: Int) -> Int {
        var found = 0
        for range in doomed(index) {
            let wrapped = Array(before[range.dropFirst(40).prefix(48)])
            for name in ["keys.a", "keys.b", "store.db", "store.db-wal"] {
                found += wrapped.withUnsafeBufferPointer { probe in
                    probe.baseAddress.map {
                        calls.find("\(location.store)/\(name)", $0, probe.count)
                    } ?? 0
                }
            }
        }
        return found
    }

    /// Finishes the erase if it had not begun, and looks for what must be gone.
    func check(
        _ location: VaultLocation, _ finding: ImageJudge.Finding, _ instant: Instant
    ) throws -> String? {
        // An erase that finds nothing leaves no trace in what is held: nothing to tell here.
        guard let begun = instant.begun, finding.digest == begun.digest,
            finding.digest != instant.done?.digest
        else { return nil }
        let found = remains(location, begun.index)
        if found > 0 { return "\(found) wrapped keys of what is erased are still there" }
        return try checkOldPacks(location, instant)
    }

    /// What has to be noticed: an old copy of a key file that was left, and an old copy of the
    /// whole store, which does bring back what was erased.
    func controls(
        _ location: VaultLocation, _ instant: Instant, _ report: inout ChildReport
    ) throws {
        guard let begun = instant.begun else { return }
        report.count("controls")
        let root = URL(fileURLWithPath: location.store).deletingLastPathComponent().path
        try CrashDisk.Image(entries: [("/store/keys.b", before)]).write(to: root)
        if remains(location, begun.index) > 0 { report.count("left key file noticed") }
        try CrashDisk.Image(entries: [("/store/keys.a", before)]).write(to: root)
        if try checkOldPacks(location, instant) != nil { report.count("old store noticed") }
    }

    /// Puts the packs from before the erase back beside the keys from after it.
    private func checkOldPacks(_ location: VaultLocation, _ instant: Instant) throws -> String? {
        for name in ["store.db", "store.db-wal"] { unlink("\(location.store)/\(name)") }
        calls.remove(location.state)
        let image = CrashDisk.Image(entries: oldPacks)
        try image.write(to: URL(fileURLWithPath: location.store).deletingLastPathComponent().path)
        guard let done = instant.done else { return nil }
        do {
            let vault = try Vault.open(
                at: location, with: ActingVault.secret(done.passphrase))
            defer { vault.close() }
            let digest = try ExpectedContents(reading: vault).digest
            return digest == done.digest ? "an old copy of the packs brings it back" : nil
        } catch let error as VaultError {
            return [.damaged, .rolledBack].contains(error.code) ? nil : error.description
        }
    }
}
