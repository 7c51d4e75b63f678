// SPDX-License-Identifier: Apache-2.0

/// The limits of reading a database, each with its reason. Passing one is an error that names it.
public struct SQLiteLimits: Sendable, Hashable {
    /// Bytes of the file. Ten years of a value a minute with all its columns are 0.3 GiB.
    public var databaseBytes: Int64 = 768 << 20
    /// Steps of SQLite's machine that any database may take: a tenth of a second at most.
    public var baseSteps: Int64 = 1 << 20
    /// Further steps a byte of the file. A sorted row of five small columns takes about three.
    public var stepsPerByte: Int64 = 16
    /// Tables looked at. The exports with most of them have about 150.
    public var tables = 4096
    /// Bytes of a text or blob that is handed on; longer ones come as `oversized`.
    public var fieldBytes = 64 << 10
    /// Bytes of a text or blob that is looked at; a longer one ends its table.
    public var valueBytes: Int32 = 16 << 20
    /// Bytes of a statement, including those of the schema.
    public var statementBytes: Int32 = 1 << 20
    /// Nesting of expressions, which only a hostile schema has deep.
    public var expressionDepth: Int32 = 100

    public init() {}

    public static let standard = SQLiteLimits()
}
