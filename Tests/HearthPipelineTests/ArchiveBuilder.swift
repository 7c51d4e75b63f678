// SPDX-License-Identifier: Apache-2.0
import CArchive
import Foundation

/// Writes real archives for the tests.
enum ArchiveBuilder {
    enum Kind { case zip, tgz }

    static func write(_ entries: [(name: String, bytes: [UInt8])], as kind: Kind, to path: String) {
        let archive = archive_write_new()
        switch kind {
        case .zip: archive_write_set_format_zip(archive)
        case .tgz:
            archive_write_set_format_pax_restricted(archive)
            archive_write_add_filter_gzip(archive)
        }
        archive_write_open_filename(archive, path)
        for (name, bytes) in entries {
            let entry = archive_entry_new()
            archive_entry_set_pathname(entry, name)
            archive_entry_set_size(entry, Int64(bytes.count))
            archive_entry_set_filetype(entry, 0o100000)
            archive_entry_set_perm(entry, 0o644)
            archive_write_header(archive, entry)
            _ = bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
            archive_entry_free(entry)
        }
        archive_write_close(archive)
        archive_write_free(archive)
    }
}
