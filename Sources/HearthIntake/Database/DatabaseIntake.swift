// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// The door for databases: SQLite files, on their own or as an entry of an archive.
enum DatabaseIntake {
    static let magic = Array("SQLite format 3\0".utf8)

    static func recognises(_ prefix: [UInt8]) -> Bool { prefix.starts(with: magic) }

    /// Reads a database that lies in memory into the sink, as one recording at `place`.
    ///
    /// - Throws: ``IntakeErrorCode/unknownFormat`` if no reader knows its tables.
    static func read(
        _ database: [UInt8], at place: String, _ options: IntakeOptions,
        into sink: some IntakeSink
    ) throws(IntakeError) {
        try read(at: place, options, into: sink) { () throws(ReadError) in
            try SQLiteRows(bytes: database.span)
        }
    }

    /// Reads a database file without copying it; only where a file that shrinks meanwhile may end
    /// the process.
    static func read(
        mapping descriptor: Int32, _ options: IntakeOptions, into sink: some IntakeSink
    ) throws(IntakeError) {
        try read(at: "", options, into: sink) { () throws(ReadError) in
            try SQLiteRows(mapping: descriptor)
        }
    }

    private static func read(
        at place: String, _ options: IntakeOptions, into receiver: some IntakeSink,
        open: () throws(ReadError) -> SQLiteRows
    ) throws(IntakeError) {
        let rows: SQLiteRows
        do throws(ReadError) { rows = try open() } catch {
            throw IntakeError(.databaseDamaged, error.description)
        }
        guard let kind = DatabaseCatalog.kind(of: rows.tables) else { throw .unknownFormat }
        var sink = receiver
        let context = ReadContext(limits: options.limits, zone: options.zone)
        sink.begin(IntakeRecording(place: place, kind: kind))
        do throws(ReadError) {
            try DatabaseCatalog.read(kind, rows, context, into: &sink)
            sink.end(reason: nil)
        } catch {
            sink.end(reason: error.description)
        }
    }

    /// The bytes of a database, `prefix` first.
    ///
    /// - Throws: ``IntakeErrorCode/archiveLimit`` if it is larger than the limit `databaseBytes`.
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
