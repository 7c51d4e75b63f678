// SPDX-License-Identifier: Apache-2.0
import CArchive
import GRDBSQLite

/// The versions of the libraries that parse input.
public enum LibraryVersions {
    /// Such as `libarchive 3.6.2`.
    public static var archive: String { unsafe String(cString: archive_version_string()) }

    /// Such as `3.40.1`.
    public static var sqlite: String { unsafe String(cString: sqlite3_libversion()) }
}
