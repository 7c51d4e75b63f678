// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import Testing

@testable import HearthIntake

@Suite struct ArchiveTests {
    @Test func `entries are read with their names as data`() throws {
        let zip = ZipWriter.zip([
            .init("../../etc/passwd", Array("nothing".utf8)), .init("ä\u{7}/b.csv", heartRates(3)),
        ])
        let (found, error) = try CollectedIntake.of(zip)
        #expect(error == nil)
        #expect(found.places == ["!ä/b.csv"])
        #expect(found.samples == 3)
        #expect(found.events.contains(.passOver("!../../etc/passwd")))
    }

    @Test func `entries that share bytes are refused`() throws {
        var second = ZipWriter.Entry("b.csv", heartRates(2))
        second.offset = 0
        let zip = ZipWriter.zip([.init("a.csv", heartRates(2)), second])
        let (found, error) = try CollectedIntake.of(zip)
        #expect(error?.message.contains("(limit: overlap)") == true)
        #expect(found.events.isEmpty)
    }

    @Test func `sizes in the directory that only a bomb has are refused before reading`() throws {
        var entry = ZipWriter.Entry("a.csv", heartRates(2))
        entry.full = 0xFFFF_FFFE
        let (found, error) = try CollectedIntake.of(ZipWriter.zip([entry]))
        #expect(error?.message.contains("(limit: ratio)") == true)
        #expect(found.events.isEmpty)
        entry.full = nil
        entry.packed = 0xFFFF_FFFE
        let long = try CollectedIntake.of(ZipWriter.zip([entry, .init("b.csv", heartRates(2))]))
        #expect(long.error?.message.contains("(limit: overlap)") == true)
    }

    @Test func `a bomb is refused by what was unpacked so far, however large it is`() throws {
        // 4 MiB of line breaks, 158 bytes out for each byte in.
        let bomb = GzipBomb.of(
            Array("time,quantity,value\n".utf8), lineBreaks: 4 << 20, behind: 16 << 10)
        var options = IntakeOptions()
        options.archiveLimits.ratio = 100
        options.archiveLimits.ratioGrace = .max
        options.archiveLimits.frontBytes = 1 << 20
        let (refused, _) = try CollectedIntake.of(bomb, options: options)
        let reasons = refused.events.compactMap { event in
            if case .end(let reason) = event { return reason }
            return nil
        }
        #expect(reasons.count == 1 && reasons[0].contains("(limit: ratio)"))
        #expect(refused.bytes <= 2 << 20, "\(refused.bytes) bytes were read")
        // Inside another archive it is what that one takes of the file that counts.
        let inner = ZipWriter.zip([.init("a.csv.gz", bomb)])
        let nested = try CollectedIntake.of(inner, options: options).intake
        #expect(nested.bytes <= 2 << 20, "\(nested.bytes) bytes were read")
        // A front that is as dense but shorter passes.
        options.archiveLimits.frontBytes = 5 << 20
        let (read, error) = try CollectedIntake.of(bomb, options: options)
        #expect(error == nil)
        #expect(read.bytes > 4_000_000)
    }

    @Test func `an encrypted archive is refused with what helps`() throws {
        var entry = ZipWriter.Entry("a.csv", heartRates(2))
        entry.flags |= 1
        let (_, error) = try CollectedIntake.of(ZipWriter.zip([entry]))
        #expect(error?.code == .archiveEncrypted)
        #expect(error?.message.contains("unpack it with its password first") == true)
    }

    @Test func `two levels are read, the third is refused alone`() throws {
        let deep = ZipWriter.zip([.init("c.zip", ZipWriter.zip([.init("d.csv", heartRates(1))]))])
        let zip = ZipWriter.zip([
            .init("b.zip", deep), .init("a.zip", ZipWriter.zip([.init("e.csv", heartRates(2))])),
        ])
        let (found, error) = try CollectedIntake.of(zip)
        #expect(error == nil)
        #expect(found.places == ["!a.zip!e.csv"])
        #expect(
            found.events.contains { event in
                guard case .refuse("!b.zip!c.zip", let error) = event else { return false }
                return error.message.contains("(limit: depth 2)")
            })
    }

    @Test func `the budget of entries is shared by all levels`() throws {
        var options = IntakeOptions()
        options.archiveLimits.entries = 5
        let inner = ZipWriter.zip((0..<3).map { .init("\($0).csv", heartRates(1)) })
        let zip = ZipWriter.zip([.init("a.zip", inner), .init("b.zip", inner)])
        let (_, error) = try CollectedIntake.of(zip, options: options)
        #expect(error?.message.contains("(limit: entries)") == true)
    }

    @Test func `a damaged archive inside costs only itself`() throws {
        let broken = Array(ZipWriter.zip([.init("x.csv", heartRates(9))]).prefix(40))
        let zip = ZipWriter.zip([.init("a.zip", broken), .init("b.csv", heartRates(2))])
        let (found, error) = try CollectedIntake.of(zip)
        #expect(error == nil)
        #expect(found.samples == 2)
    }

    @Test func `a zip cut anywhere gives a result`() throws {
        let zip = ZipWriter.zip([.init("a.csv", heartRates(3)), .init("b.csv", heartRates(2))])
        for count in 0..<zip.count {
            let (found, error) = try CollectedIntake.of(Array(zip.prefix(count)))
            #expect(error != nil || found.samples <= 5)
        }
    }

    // MARK: Recordings of several files

    /// Takes a text that begins with `PARTS` for a header whose words name its parts; the kind's
    /// reader knows nothing of streams of parts, and says what it was fed.
    static let assembly = PartAssembly(
        wholeArchive: { names in
            names.contains("info.txt") ? (.hearthCSV, ["info.txt", "log.bin"]) : nil
        }, isHeader: { $0.starts(with: Array("PARTS".utf8)) },
        partNames: { header in
            let words = header.split(separator: 32).dropFirst()
            let names = words.map { String(decoding: $0, as: UTF8.self) }
            return (names.filter { $0.contains(".") }, names.filter { !$0.contains(".") })
        }, headerKind: .hearthCSV)

    @Test func `companions that were handed in are fed behind the header`() throws {
        let header = Array("PARTS b.dat missing.dat c.atr".utf8)
        let (found, error) = try CollectedIntake.of(
            header, name: "a.hea", assembly: Self.assembly,
            companions: [("c.atr", [1, 2]), ("b.dat", [3]), ("unused", [4])])
        #expect(error == nil)
        #expect(found.places == [""])
        let stream = PartStream.bytes([("a.hea", header), ("b.dat", [3]), ("c.atr", [1, 2])])
        #expect(found.bytes == stream.count)
    }

    @Test func `headers of segments come before the signals they name`() throws {
        let header = Array("PARTS one b.dat".utf8)
        let segment = Array("PARTS b.dat one.dat".utf8)
        let (found, error) = try CollectedIntake.of(
            header, name: "a.hea", assembly: Self.assembly,
            companions: [("one.dat", [1, 2]), ("b.dat", [3]), ("one.hea", segment)])
        #expect(error == nil)
        let stream = PartStream.bytes([
            ("a.hea", header), ("one.hea", segment), ("b.dat", [3]), ("one.dat", [1, 2]),
        ])
        #expect(found.bytes == stream.count)
    }

    @Test func `siblings in an archive are fed behind the header`() throws {
        let header = Array("PARTS b.dat".utf8)
        let zip = ZipWriter.zip([
            .init("x/b.dat", [9, 9]), .init("b.dat", [1]), .init("x/a.hea", header),
        ])
        let (found, error) = try CollectedIntake.of(zip, assembly: Self.assembly)
        #expect(error == nil)
        #expect(found.places == ["!x/a.hea"])
        #expect(found.bytes == PartStream.bytes([("a.hea", header), ("b.dat", [9, 9])]).count)
    }

    @Test func `an archive that is one recording is fed as one`() throws {
        let zip = ZipWriter.zip([
            .init("log.bin", [1, 2, 3]), .init("info.txt", Array("x".utf8)),
        ])
        let (found, error) = try CollectedIntake.of(zip, assembly: Self.assembly)
        #expect(error == nil)
        #expect(found.places == [""])
        let stream = PartStream.bytes([("info.txt", Array("x".utf8)), ("log.bin", [1, 2, 3])])
        #expect(found.bytes == stream.count)
    }

    @Test func `a source of parts writes what the splitter takes apart`() throws {
        let long = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let source = PartSource([
            .init(name: "a") { MemorySource([7]) }, .init(name: "gone") { nil },
            .init(name: "b") { MemorySource(long) }, .init(name: "empty") { MemorySource([]) },
        ])
        let bytes = try source.take(4_000_000)
        #expect(bytes.starts(with: PartStream.magic))
        #expect(bytes.suffix(11) == [5, 0] + Array("empty".utf8) + [0, 0, 0, 0])
        #expect(
            bytes.count == PartStream.bytes([("a", [7]), ("b", long), ("empty", [])]).count + 8)
    }

    @Test func `only listed names that stand in the header are companions`() {
        let header = Array("rec 2 360\n../rec.dat 16\nrec.dat 16 seg1 /etc/passwd\n".utf8)
        let siblings = ["rec.hea", "rec.dat", "rec.atr", "seg1.hea", "seg1.dat", "x.dat", "passwd"]
        #expect(
            Companions.mentioned(in: header, "rec.hea", siblings)
                == ["rec.dat", "rec.atr", "seg1.hea", "seg1.dat"])
    }
}
