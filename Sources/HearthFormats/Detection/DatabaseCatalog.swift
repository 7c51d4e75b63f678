// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The readers of databases.
public enum DatabaseCatalog {
    /// The kinds that have a reader of rows.
    public static let kinds: [FileKind] = [.gadgetbridge, .healthConnect, .healthKitSQLite]

    /// The kind of a database with these tables; `nil` if it is not known.
    public static func kind(of tables: [TableShape]) -> FileKind? {
        if GadgetbridgeReader.recognises(tables) { return .gadgetbridge }
        if HealthConnectReader.recognises(tables) { return .healthConnect }
        if HealthKitSQLiteReader.recognises(tables) { return .healthKitSQLite }
        return nil
    }

    /// Reads a database of a known kind.
    ///
    /// - Throws: ``ReadIssueCode/unsupported`` if the kind has no reader of rows; else what the
    ///   reader throws. What was read before is delivered.
    public static func read(
        _ kind: FileKind, _ database: borrowing some RowSource & ~Copyable,
        _ context: ReadContext = ReadContext(), into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        for issue in database.issues { sink.report(issue) }
        switch kind {
        case .gadgetbridge:
            var reader = GadgetbridgeReader(context)
            try reader.read(database, into: &sink)
        case .healthConnect:
            var reader = HealthConnectReader(context)
            try reader.read(database, into: &sink)
        case .healthKitSQLite:
            var reader = HealthKitSQLiteReader(context)
            try reader.read(database, into: &sink)
        default:
            throw ReadError(
                .unsupported, at: ReadPosition(byte: 0), found: "a kind that is no database",
                expected: "a kind with a reader of rows")
        }
    }
}
