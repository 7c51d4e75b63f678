// SPDX-License-Identifier: Apache-2.0

/// Text of labelled sets that lies gzipped.
public enum GzipFile {
    /// The one entry of a gzip file, whole.
    ///
    /// - Throws: if the file is damaged, passes a limit of archives or is longer than `limit` bytes.
    public static func inflated(_ bytes: [UInt8], limit: Int) throws(IntakeError) -> [UInt8] {
        let budget = ArchiveBudget(.standard, fileBytes: Int64(bytes.count))
        let archive = try Archive(MemorySource(bytes), budget: budget, isOutermost: true)
        guard try archive.next() != nil else {
            throw IntakeError(.archiveDamaged, "found an archive without an entry")
        }
        let content = try archive.take(limit + 1)
        guard content.count <= limit else {
            throw IntakeError(.notReadable, "found more than \(limit >> 20) MB in a gzip file")
        }
        return content
    }
}
