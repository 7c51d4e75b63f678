// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthRights

/// Standard output, or a file that appears under its name only when it is complete.
final class StreamedOutput {
    private let handle: FileHandle
    private let path: String?
    private let partial: String?
    /// The first error in writing; what comes after it is dropped.
    private(set) var failure: RightsError?

    /// - Throws: if the file cannot be made.
    init(path: String?) throws(RightsError) {
        self.path = path
        guard let path else {
            partial = nil
            handle = .standardOutput
            return
        }
        let partial = path + ".part"
        let made = FileManager.default.createFile(
            atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600])
        guard made, let handle = FileHandle(forWritingAtPath: partial) else {
            throw RightsError(.cannotWrite, "\(path) cannot be written")
        }
        self.partial = partial
        self.handle = handle
    }

    func write(_ bytes: [UInt8]) {
        guard failure == nil, !bytes.isEmpty else { return }
        do { try handle.write(contentsOf: Data(bytes)) } catch {
            failure = RightsError(
                .cannotWrite, "\(path ?? "standard output") cannot be written; is the disk full?")
        }
    }

    /// Gives the file its name, or takes it away if nothing is to be kept.
    func finish(keep: Bool) throws(RightsError) {
        guard let path, let partial else {
            if let failure { throw failure }
            return
        }
        try? handle.close()
        guard keep, failure == nil else {
            try? FileManager.default.removeItem(atPath: partial)
            if let failure { throw failure }
            return
        }
        guard unsafe rename(partial, path) == 0 else {
            try? FileManager.default.removeItem(atPath: partial)
            throw RightsError(.cannotWrite, "\(path) cannot be written")
        }
    }
}
