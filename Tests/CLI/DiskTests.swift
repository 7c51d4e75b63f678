// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Disks that are full or closed to writing.
@Suite(.enabled(if: CommandLineTool.canMount, "needs unprivileged mount name spaces"))
struct DiskTests {
    let tool: CommandLineTool

    init() throws { tool = try CommandLineTool() }

    @Test func `a full disk is named and what was acknowledged is kept`() throws {
        let day = try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "small.csv")
        for number in 0..<60 {
            let month = number / 28 + 1
            let text = csv(day: "2026-0\(month)-\(10 + number % 18)", rates: 40..<200)
            try tool.write(text, to: "big-\(number).csv")
        }
        let text = try tool.runUnshared(Self.fullDisk, ["SMALL": day])
        #expect(text.contains("100 samples added"), "\(text)")
        #expect(text.contains("disk is full"), "\(text)")
        #expect(text.contains("full: 1"), "\(text)")
        #expect(text.contains("everything is sound"), "\(text)")
        #expect(text.contains("known        "), "\(text)")
        #expect(text.contains("again: 0"), "\(text)")
    }

    /// A vault on a small disk: one file fits, the disk is filled, the next files do not fit.
    static let fullDisk = """
        disk=$PWD/disk; mkdir -p $disk
        mount -t tmpfs -o size=40m none $disk
        export HEARTH_VAULT=$disk/store HEARTH_STATE=$disk/state
        "$TOOL" init --kdf minimum --passphrase-file "$PASS" >/dev/null
        "$TOOL" ingest "$SMALL" --passphrase-file "$PASS"
        dd if=/dev/zero of=$disk/fill bs=64k 2>/dev/null
        "$TOOL" ingest big-*.csv --passphrase-file "$PASS"
        echo "full: $?"
        rm $disk/fill
        "$TOOL" verify --passphrase-file "$PASS"
        "$TOOL" ingest "$SMALL" --passphrase-file "$PASS"
        "$TOOL" ingest big-*.csv --passphrase-file "$PASS"
        echo "again: $?"
        """

    @Test func `an export that does not fit says so and leaves no half database`() throws {
        let day = try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "small.csv")
        let text = try tool.runUnshared(Self.smallExport, ["SMALL": day])
        #expect(text.contains("fits: 0"), "\(text)")
        #expect(text.contains("too small: 1"), "\(text)")
        #expect(text.contains("cannot be written"), "\(text)")
        #expect(text.contains("databases: 1"), "\(text)")
    }

    /// The same export to a disk with room and to one without.
    static let smallExport = """
        mkdir -p wide narrow
        mount -t tmpfs -o size=8m none wide
        mount -t tmpfs -o size=64k none narrow
        export HEARTH_VAULT=$PWD/store HEARTH_STATE=$PWD/state
        "$TOOL" init --kdf minimum --passphrase-file "$PASS" >/dev/null
        "$TOOL" ingest "$SMALL" --passphrase-file "$PASS"
        "$TOOL" export wide/out --format sqlite --passphrase-file "$PASS"; echo "fits: $?"
        "$TOOL" export narrow/out --format sqlite --passphrase-file "$PASS"; echo "too small: $?"
        echo "databases: $(ls wide/out/*.sqlite narrow/out/*.sqlite 2>/dev/null | wc -l)"
        """

    @Test func `a vault on a read-only disk says so and is not touched`() throws {
        let day = try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "small.csv")
        let text = try tool.runUnshared(Self.readOnly, ["SMALL": day])
        #expect(text.contains("new: 1"), "\(text)")
        #expect(text.contains("ingest: 1"), "\(text)")
        #expect(text.contains("export: 1"), "\(text)")
        #expect(
            text.lowercased().contains("read-only") || text.contains("cannot be written"),
            "\(text)")
        #expect(text.contains("everything is sound"), "\(text)")
        #expect(!text.contains("samples added"), "\(text)")
    }

    /// A vault whose disk becomes read-only, and a new one on such a disk.
    static let readOnly = """
        disk=$PWD/disk; mkdir -p $disk
        mount -t tmpfs -o size=60m none $disk
        export HEARTH_VAULT=$disk/store HEARTH_STATE=$disk/state
        "$TOOL" init --kdf minimum --passphrase-file "$PASS" >/dev/null
        mount -o remount,ro $disk
        "$TOOL" init --kdf minimum --passphrase-file "$PASS" --vault $disk/other; echo "new: $?"
        "$TOOL" ingest "$SMALL" --passphrase-file "$PASS"; echo "ingest: $?"
        "$TOOL" export $disk/out --passphrase-file "$PASS"; echo "export: $?"
        mount -o remount,rw $disk
        "$TOOL" verify --passphrase-file "$PASS"
        """
}
