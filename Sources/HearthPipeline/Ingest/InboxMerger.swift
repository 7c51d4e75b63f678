// SPDX-License-Identifier: Apache-2.0
import CHearthSystem
import HearthIntake
public import HearthVault

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What became of the files that waited in the inbox.
public struct InboxReport: Sendable {
    /// Of each arrival that opened, under its own name.
    public var ingested = IngestReport()
    /// Arrivals that were left aside, by their name in the inbox, with the reason.
    public var aside: [(name: String, reason: String)] = []

    public var isEmpty: Bool { ingested.verdicts.isEmpty && aside.isEmpty }
}

/// Takes the files that were sealed while the vault was closed into the vault.
///
/// Each is unsealed into memory and ingested like any file: parsed by the worker, not stored twice.
/// When its samples are durable the arrival is overwritten and removed. One that is damaged, hostile or
/// no recording is left aside under another name and stops nothing.
public struct InboxMerger {
    private let vault: Vault
    private let person: String
    private let options: IngestOptions
    private let onVerdict: (FileVerdict) -> Void

    /// - Parameter person: label for arrivals whose sender named nobody.
    public init(
        vault: Vault, person: String, options: IngestOptions = IngestOptions(),
        onVerdict: @escaping (FileVerdict) -> Void = { _ in }
    ) {
        self.vault = vault
        self.person = person
        self.options = options
        self.onVerdict = onVerdict
    }

    /// Merges everything that waits.
    ///
    /// - Throws: `VaultError` if the vault itself fails; what was not merged waits on.
    public func merge() throws -> InboxReport {
        var report = InboxReport()
        try vault.tidyInbox()
        for name in vault.inboxFiles {
            let arrival: Arrival
            do { arrival = try unseal(name) } catch {
                try leave(name, error, &report)
                continue
            }
            let found = try ingest(arrival)
            report.ingested.add(found)
            if let refused = found.verdicts.first(where: { $0.status == .rejected }) {
                try vault.setArrivalAside(name)
                report.aside.append((name, refused.reason ?? "nothing of it could be used"))
            } else {
                try vault.removeArrival(name)
            }
        }
        return report
    }

    /// What one arrival is, in memory.
    private struct Arrival {
        var header: ArrivalHeader
        var input: OpenInput
    }

    private func ingest(_ arrival: Arrival) throws -> IngestReport {
        let label = arrival.header.person.isEmpty ? person : arrival.header.person
        let who = try vault.person(labelled: label) ?? vault.addPerson(label: label)
        let ingestor = try Ingestor(
            vault: vault, person: who.id, options: options, onVerdict: onVerdict)
        return try ingestor.ingest(arrival.input)
    }

    /// Unseals into memory that has no name: the content never touches a disk.
    private func unseal(_ name: String) throws -> Arrival {
        var header: ArrivalHeader?
        var descriptor: Int32 = -1
        do {
            try vault.openArrival(name) { found in
                header = found
                descriptor = hearth_shared_memory(found.size)
                guard descriptor >= 0 else {
                    throw IntakeError(.readFailed, "there is no memory to open it in")
                }
            } _: { piece in
                try Self.write(piece, to: descriptor)
            }
        } catch {
            if descriptor >= 0 { close(descriptor) }
            throw error
        }
        guard let header else { throw IntakeError(.readFailed, "it holds nothing") }
        // Only now it is known that all of it is authentic.
        let shown = header.name.isEmpty ? name : header.name
        return Arrival(header: header, input: OpenInput(name: shown, adopting: descriptor))
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe systemWrite(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw IntakeError(.readFailed, "an arrival could not be held in memory")
            }
            done += count
        }
    }

    private func leave(_ name: String, _ error: any Error, _ report: inout InboxReport) throws {
        let reason: String
        switch error {
        case let error as VaultError where error.code == .damaged: reason = error.message
        case let error as IntakeError: reason = error.message
        default: throw error
        }
        // A file that only memory was missing for waits on.
        if error is VaultError { try vault.setArrivalAside(name) }
        report.aside.append((name, reason))
    }
}

private func systemWrite(
    _ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int
) -> Int {
    guard let buffer = unsafe buffer else { return 0 }
    return unsafe write(descriptor, buffer, count)
}

/// Seals files into the inbox of a vault that stays closed.
public enum InboxFiling {
    /// Seals the file at `path`.
    ///
    /// - Throws: `IntakeError` for a file that cannot be read or changes meanwhile, and what
    ///   ``HearthVault/InboxSender/add(name:person:size:read:)`` throws.
    public static func add(_ path: String, person: String, to sender: InboxSender) throws {
        var file = try InputFile(path: path)
        let watch = file.watch
        try sender.add(name: path, person: person, size: Int(file.size)) { most in
            var buffer = [UInt8](repeating: 0, count: most)
            let count = try file.read(into: &buffer)
            guard !watch.hasChanged else {
                throw IntakeError(.readFailed, "the file changed while it was read; add it again")
            }
            return Array(buffer.prefix(count))
        }
    }
}
