// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// The door for databases: SQLite files, on their own or as an entry of an archive.
enum DatabaseIntake {
    static let magic = Array("SQLite format 3\0".utf8)

    static func recognises(_ prefix: [UInt8]) -> Bool { prefix.starts(with: magic) }

    /// Reads a database into the sink, as one recording at `place`.
    ///
    /// This is where the catalog of database readers is plugged in. The whole database lies in memory,
    /// so that the library opens no file.
    ///
    /// - Throws: ``IntakeErrorCode/unknownFormat`` if no reader knows its tables.
    static func read(
        _ database: [UInt8], at place: String, _ options: IntakeOptions,
        into sink: some IntakeSink
    ) throws(IntakeError) {
        throw .unknownFormat
    }

    /// The bytes of a database, `prefix` first.
    ///
    /// - Throws: ``IntakeErrorCode/archiveLimit`` if it is larger than the limit `memoryBytes`.
    static func collect(
        _ prefix: [UInt8], _ source: any ByteSource, limit: Int
    ) throws(IntakeError) -> [UInt8] {
        var bytes = prefix
        while true {
            let piece = try source.take(1 << 20)
            if piece.isEmpty { return bytes }
            bytes += piece
            if bytes.count > limit {
                throw IntakeError(
                    .archiveLimit,
                    "a database of more than \(limit) bytes (limit: databaseBytes)")
            }
        }
    }
}
