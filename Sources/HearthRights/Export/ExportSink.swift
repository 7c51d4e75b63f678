// SPDX-License-Identifier: Apache-2.0

/// Where an export goes: named files, written one after another.
public protocol ExportSink: AnyObject {
    /// Starts a file; the name is relative and made by Hearth alone.
    func begin(_ name: String) throws(RightsError)
    func write(_ bytes: Span<UInt8>) throws(RightsError)
    /// The current file is complete.
    func end() throws(RightsError)
}
