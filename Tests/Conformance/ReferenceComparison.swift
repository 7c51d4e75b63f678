// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport

/// Compares what a reader found with what other decoders found in the same file.
struct ReferenceComparison {
    private let folder: URL
    private let scan: [FITScanRow]

    /// - Parameter folder: one format's folder of the shared files.
    init(folder: URL) throws {
        self.folder = folder
        let table = folder.appending(path: "SCAN.tsv")
        scan = (try? String(contentsOf: table, encoding: .utf8)).map(FITScanRow.rows) ?? []
    }

    /// Every comparison that can be made for a recording.
    func matches(_ recording: URL) throws -> [ReferenceMatch] {
        let bytes = [UInt8](try Data(contentsOf: recording))
        let prefix = Array(bytes.prefix(FormatDetector.prefixBytes))
        guard case .recording(let kind)? = FormatDetector.detect(prefix.span) else { return [] }
        switch kind {
        case .fit:
            let name = String(recording.path.dropFirst(folder.path.count + 1))
            return try FITReferences.matches(
                recording, bytes: bytes, scan: scan.filter { $0.file == name })
        case .appleHealth:
            let sink = readAll(bytes) { AppleHealthReader() }
            return try AppleHealthTables.matches(recording, sink) + [
                ReferenceAppleHealth(String(decoding: bytes, as: UTF8.self)).comparison(with: sink)
            ]
        case .fitbit:
            return FitbitReferences.matches(bytes, readAll(bytes) { FitbitReader() })
        case .edf: return EDFReferences.matches(bytes)
        case .embracePlus:
            return EmbracePlusReferences.matches(bytes, readAll(bytes) { EmbracePlusReader() })
        case .empaticaE4:
            let name = recording.lastPathComponent
            let sink = readAll(bytes) { EmpaticaE4Reader(ReadContext(name: name)) }
            return EmpaticaE4References.matches(bytes, name: name, sink)
        case .activityCounts:
            return ActivityCountsReferences.matches(
                bytes, readAll(bytes) { ActivityCountsReader() })
        case .axivityCWA: return try MotionReferences.axivity(recording, bytes)
        case .geneActiv: return try MotionReferences.geneActiv(recording, bytes)
        case .garminConnect:
            return GarminReferences.matches(bytes, readAll(bytes) { GarminConnectReader() })
        case .hrvApp: return HRVReferences.matches(bytes, readAll(bytes) { HRVAppReader() })
        case .wfdb: return try WFDBReferences.matches(recording)
        default:
            return []
        }
    }

    /// Tables of other decoders whose recording is not in the folder.
    func orphans() -> [String] {
        SeedFiles.files(below: folder).compactMap { url in
            let name = String(url.path.dropFirst(folder.path.count + 1))
            guard name.hasSuffix("-records.csv") || name.hasSuffix("-records.csv.gz") else {
                return nil
            }
            let stem = url.path.components(separatedBy: "-records.csv")[0]
            return FileManager.default.fileExists(atPath: stem + ".fit") ? nil : name
        }
    }
}
