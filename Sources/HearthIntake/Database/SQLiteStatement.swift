// SPDX-License-Identifier: Apache-2.0
import GRDBSQLite
import HearthFormats

/// A compiled statement and the cells of its row; texts are read into buffers that are used again.
@safe struct SQLiteStatement: ~Copyable {
    /// A statement that is not yet owned.
    @safe struct Handle {
        fileprivate let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }
    }

    private let pointer: OpaquePointer
    private let fieldBytes: Int
    private(set) var cells: [CellValue]

    init(_ handle: Handle, fieldBytes: Int) {
        unsafe pointer = handle.pointer
        self.fieldBytes = fieldBytes
        cells = Array(repeating: .null, count: Int(unsafe sqlite3_column_count(handle.pointer)))
    }

    deinit { unsafe sqlite3_finalize(pointer) }

    var columnNames: [String] {
        cells.indices.compactMap { index in
            guard let name = unsafe sqlite3_column_name(pointer, Int32(index)) else { return nil }
            return unsafe String(validatingCString: name)
        }
    }

    /// Goes to the next row and reads its cells.
    @inline(__always)
    mutating func step() -> Int32 {
        let code = unsafe sqlite3_step(pointer)
        guard code == SQLITE_ROW else { return code }
        for index in cells.indices { read(index) }
        return code
    }

    @inline(__always)
    private mutating func read(_ index: Int) {
        let column = Int32(truncatingIfNeeded: index)
        switch unsafe sqlite3_column_type(pointer, column) {
        case SQLITE_INTEGER: cells[index] = .integer(unsafe sqlite3_column_int64(pointer, column))
        case SQLITE_FLOAT: cells[index] = .real(unsafe sqlite3_column_double(pointer, column))
        case SQLITE_TEXT: readBytes(index, isText: true)
        case SQLITE_BLOB: readBytes(index, isText: false)
        default: cells[index] = .null
        }
    }

    private mutating func readBytes(_ index: Int, isText: Bool) {
        let column = Int32(truncatingIfNeeded: index)
        let start =
            unsafe isText
            ? UnsafeRawPointer(sqlite3_column_text(pointer, column))
            : sqlite3_column_blob(pointer, column)
        // To be asked for behind the text, which may have been turned into UTF-8.
        let count = Int(unsafe sqlite3_column_bytes(pointer, column))
        guard count <= fieldBytes else {
            cells[index] = .oversized
            return
        }
        var buffer: [UInt8] = []
        switch cells[index] {
        case .text(let old), .blob(let old): buffer = old
        default: break
        }
        cells[index] = .null
        buffer.removeAll(keepingCapacity: true)
        if let start = unsafe start, count > 0 {
            unsafe buffer.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        }
        cells[index] = isText ? .text(buffer) : .blob(buffer)
    }
}
