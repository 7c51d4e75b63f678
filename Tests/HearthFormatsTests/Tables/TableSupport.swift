// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport

/// Reads a text with the reader of a kind.
func readTable(
    _ kind: FileKind, _ text: String, zone: ZoneTimeline = ZoneTimeline(), name: String = ""
) -> CollectingSink {
    readAll(Array(text.utf8)) {
        ReaderCatalog.reader(of: kind, ReadContext(zone: zone, name: name))
            ?? AnyRecordingReader(HearthCSVReader())
    }
}

func detected(_ text: String) -> DetectedFormat? {
    FormatDetector.detect(Array(Array(text.utf8).prefix(FormatDetector.prefixBytes)).span)
}

/// `2026-03-29T01:00:00Z` as seconds since 1970.
func seconds(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int = 0)
    -> Int64
{
    let date = LocalDate(year: year, month: month, day: day)?.dayNumber ?? 0
    return date * 86_400 + Int64(hour * 3600 + minute * 60 + second)
}

extension FlatSample {
    var seconds: Int64 { time / 1_000_000_000 }
    var minutesLong: Double { Double(duration) / 60e9 }
}

extension CollectingSink {
    /// Where the wall clock changed: instant and offset, both in seconds.
    var offsets: [[Int64]] {
        samples(of: .zoneOffset).map { [$0.seconds, Int64($0.values[0])] }
    }

    var codes: Set<String> { Set(issues.map(\.code.name)) }
}
