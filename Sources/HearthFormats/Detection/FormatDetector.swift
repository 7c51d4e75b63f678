// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What the first bytes of an input show it to be.
public enum DetectedFormat: Sendable, Hashable {
    /// A recording that a reader of this library reads.
    case recording(FileKind)
    /// Something that holds other files and must be opened first.
    case container(ContainerKind)
    /// A SQLite database; its tables tell the kind (``DatabaseCatalog/kind(of:)``).
    case database
}

/// A wrapping around recordings. Opening it is not the readers' work.
public enum ContainerKind: String, Sendable, CaseIterable {
    case zip, gzip, tar
}

/// Tells the format of an input from its first bytes, never from its name.
public enum FormatDetector {
    /// How many bytes to hand in; fewer if the input is shorter.
    ///
    /// Apple writes its document type, longer than this, before the first element, but the start
    /// of the document type is enough.
    public static let prefixBytes = 4096

    /// The format of the input that begins with `prefix`, or `nil` if it is not known.
    public static func detect(_ prefix: Span<UInt8>) -> DetectedFormat? {
        if let container = container(prefix) { return .container(container) }
        if has(prefix, "SQLite format 3\u{0}", at: 0) { return .database }
        if isFIT(prefix) { return .recording(.fit) }
        if EDFReader.recognises(prefix) { return .recording(.edf) }
        if AxivityCWAReader.recognises(prefix) { return .recording(.axivityCWA) }
        if GENEActivReader.recognises(prefix) { return .recording(.geneActiv) }
        if GT3XReader.recognises(prefix) { return .recording(.gt3x) }
        if isAppleHealth(prefix) { return .recording(.appleHealth) }
        if isHearthNDJSON(prefix) { return .recording(.hearthNDJSON) }
        if isHearthCSV(prefix) { return .recording(.hearthCSV) }
        if EmbracePlusReader.recognises(prefix) { return .recording(.embracePlus) }
        if ActivityCountsReader.recognises(prefix) { return .recording(.activityCounts) }
        if EmpaticaE4Reader.recognises(prefix) { return .recording(.empaticaE4) }
        if FitbitReader.family(of: prefix) != nil { return .recording(.fitbit) }
        if SamsungHealthReader.recognises(prefix) { return .recording(.samsungHealth) }
        if GarminConnectReader.recognises(prefix) { return .recording(.garminConnect) }
        if OuraReader.recognises(prefix) { return .recording(.oura) }
        if PolarReader.recognises(prefix) { return .recording(.polar) }
        if WHOOPReader.recognises(prefix) { return .recording(.whoop) }
        if GPXReader.recognises(prefix) { return .recording(.gpx) }
        if TCXReader.recognises(prefix) { return .recording(.tcx) }
        if WithingsReader.recognises(prefix) { return .recording(.withings) }
        if MiFitnessReader.recognises(prefix) { return .recording(.miFitness) }
        if ZeppLifeReader.recognises(prefix) { return .recording(.zeppLife) }
        if OpenStrapReader.recognises(prefix) { return .recording(.openStrap) }
        if HRVAppReader.recognises(prefix) { return .recording(.hrvApp) }
        if WFDBReader.recognises(prefix) { return .recording(.wfdb) }
        if HeartRatePacketsReader.recognises(prefix) { return .recording(.heartRatePackets) }
        return nil
    }

    private static func container(_ prefix: Span<UInt8>) -> ContainerKind? {
        // Local file header, or the end record of an empty archive.
        if has(prefix, "PK\u{3}\u{4}", at: 0) || has(prefix, "PK\u{5}\u{6}", at: 0) { return .zip }
        if prefix.count >= 3, prefix[0] == 0x1F, prefix[1] == 0x8B, prefix[2] == 8 { return .gzip }
        // POSIX and GNU archives both write this word into the first header block.
        if has(prefix, "ustar", at: 257) { return .tar }
        return nil
    }

    /// A header of 12 or 14 bytes with `.FIT` in it.
    private static func isFIT(_ prefix: Span<UInt8>) -> Bool {
        has(prefix, ".FIT", at: 8) && (prefix[0] == 12 || prefix[0] == 14)
    }

    private static func isAppleHealth(_ prefix: Span<UInt8>) -> Bool {
        let start = textStart(prefix)
        guard start < prefix.count, prefix[start] == UInt8(ascii: "<") else { return false }
        return (start..<prefix.count).contains { index in
            prefix[index] == UInt8(ascii: "<")
                && (isElement(prefix, "<HealthData", at: index)
                    || isElement(prefix, "<!DOCTYPE HealthData", at: index))
        }
    }

    /// The word, and behind it nothing that would make it a longer one.
    private static func isElement(_ prefix: Span<UInt8>, _ word: String, at index: Int) -> Bool {
        let end = index + word.utf8.count
        guard has(prefix, word, at: index), end < prefix.count else { return false }
        return [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ">"), UInt8(ascii: "["), UInt8(ascii: "/")]
            .contains(prefix[end])
    }

    /// The first line is an object, or the start of one, with `time` and `quantity`; or it is a
    /// correction or a tag of an export.
    private static func isHearthNDJSON(_ prefix: Span<UInt8>) -> Bool {
        let start = textStart(prefix)
        guard start < prefix.count, prefix[start] == UInt8(ascii: "{") else { return false }
        var tokenizer = JSONTokenizer(limits: .standard)
        var index = start
        var keys: Set<[UInt8]> = []
        while let token = (try? tokenizer.next(prefix, &index)) ?? nil {
            if token == .key, tokenizer.depth == 1 { keys.insert(tokenizer.text) }
            if tokenizer.isComplete { break }
        }
        if keys.contains(Array("time".utf8)), keys.contains(Array("quantity".utf8)) { return true }
        let fields = keys.compactMap { DayStatementRows.Field($0.span) }
        return fields.count == keys.count && DayStatementRows.recognises(fields)
    }

    /// The first line is a header with `time`, `quantity` and `value`, or that of an export's corrections,
    /// tags or settings.
    private static func isHearthCSV(_ prefix: Span<UInt8>) -> Bool {
        let start = textStart(prefix)
        var end = start
        while end < prefix.count, prefix[end] != UInt8(ascii: "\n") { end += 1 }
        let hasReturn = end > start && prefix[end - 1] == UInt8(ascii: "\r")
        let bare = prefix.extracting(start..<(hasReturn ? end - 1 : end))
        if DayStatementRows.header(bare) != nil { return true }
        let line = prefix.extracting(start..<end)
        return [UInt8(ascii: ","), UInt8(ascii: ";")].contains { delimiter in
            var splitter = CSVFieldSplitter(
                delimiter: delimiter, limit: ReadLimits.standard.attributes)
            guard splitter.split(line, from: 0) == .complete else { return false }
            let fields = splitter.fields.compactMap {
                HearthField(name: line.extracting($0.start..<$0.end))
            }
            return Set([HearthField.time, .quantity, .value]).isSubset(of: fields)
        }
    }

    /// Behind the UTF-8 mark and white space.
    private static func textStart(_ prefix: Span<UInt8>) -> Int {
        var start = 0
        while start < prefix.count, FitbitReader.isBeforeText(prefix[start]) { start += 1 }
        return start
    }

    private static func has(_ prefix: Span<UInt8>, _ word: String, at offset: Int) -> Bool {
        var index = offset
        guard offset + word.utf8.count <= prefix.count else { return false }
        for byte in word.utf8 {
            guard prefix[index] == byte else { return false }
            index += 1
        }
        return true
    }
}
