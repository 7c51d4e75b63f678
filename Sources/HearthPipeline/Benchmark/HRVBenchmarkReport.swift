// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
public import HearthIntake
public import HearthModels

/// Heart-rate variability beside what other programs published for the same intervals.
public struct HRVBenchmarkReport: Sendable {
    /// A file that could not be compared.
    public struct Skipped: Sendable, Hashable {
        public var id: String
        public var reason: String
    }

    /// One program's published numbers.
    public struct Reference: Sendable {
        public var name: String
        /// What was compared with what.
        public var account: String
        /// Series, or windows.
        public var records: Int
        public var agreements: [HRVAgreement]
        /// Why numbers differ, by metric.
        public var explanations: [(metric: String, text: String)]
    }

    public private(set) var references: [Reference] = []
    public private(set) var skipped: [Skipped] = []

    /// Reads every reference it knows in the folder and up to three folders below.
    ///
    /// - Throws: if the folder cannot be read, or holds no reference.
    public init(folder: String) throws(IntakeError) {
        let files = try Self.files(in: folder)
        addPyHRV(files)
        addToolbox(files)
        addMeasurements(files)
        guard !references.isEmpty else {
            let first = skipped.first.map { ": \($0.id): \($0.reason)" } ?? ""
            throw IntakeError(
                .holdsNoRecording,
                "\(folder) holds no published heart-rate variability that is known\(first)")
        }
    }

    private static func files(in folder: String) throws(IntakeError) -> [URL] {
        let manager = FileManager.default
        guard (try? manager.contentsOfDirectory(atPath: folder)) != nil else {
            throw IntakeError(.notReadable, "\(folder) is no folder that can be read")
        }
        var found: [URL] = []
        var level = [URL(filePath: folder)]
        for _ in 0..<4 {
            var next: [URL] = []
            for directory in level {
                let names = (try? manager.contentsOfDirectory(atPath: directory.path)) ?? []
                for name in names.sorted() where !name.hasPrefix(".") {
                    let url = directory.appending(path: name)
                    let about = try? url.resourceValues(forKeys: [.isDirectoryKey])
                    guard let isDirectory = about?.isDirectory else { continue }
                    if isDirectory { next.append(url) } else { found.append(url) }
                }
            }
            level = next
        }
        return found
    }

    private mutating func attempt(_ url: URL, _ body: () throws(IntakeError) -> Reference?) {
        do throws(IntakeError) {
            if let reference = try body() { references.append(reference) }
        } catch {
            skipped.append(Skipped(id: url.lastPathComponent, reason: error.message))
        }
    }

    // MARK: pyHRV

    private mutating func addPyHRV(_ files: [URL]) {
        for url in files where url.lastPathComponent == "SampleExport.json" {
            let series = url.deletingLastPathComponent().appending(path: "SampleNNISeriesShort.npy")
            guard files.contains(series) else { continue }
            attempt(url) { () throws(IntakeError) in
                let intervals = try HRVReferenceFiles.numbers(series)
                let object = try? JSONSerialization.jsonObject(
                    with: Data(try HRVReferenceFiles.bytes(url)))
                guard let published = object as? [String: Any] else {
                    throw IntakeError(.notReadable, "\(url.lastPathComponent) is no JSON object")
                }
                return PyHRVReference.short(intervals, published)
            }
        }
        for url in files where url.lastPathComponent == "SampleReport.csv" {
            let series = url.deletingLastPathComponent().appending(path: "SampleNNISeriesLong.npy")
            guard files.contains(series) else { continue }
            attempt(url) { () throws(IntakeError) in
                let intervals = try HRVReferenceFiles.numbers(series)
                let text = String(decoding: try HRVReferenceFiles.bytes(url), as: UTF8.self)
                return PyHRVReference.long(intervals, text)
            }
        }
    }

    // MARK: PhysioNet Cardiovascular Signal Toolbox

    private mutating func addToolbox(_ files: [URL]) {
        for url in files where url.lastPathComponent.hasSuffix("_HRV_allwindows_allpatients.csv") {
            var left: [Skipped] = []
            attempt(url) { () throws(IntakeError) in
                let rows = try HRVReferenceFiles.table(url)
                let folder = url.deletingLastPathComponent()
                return ToolboxReference.reference(rows, in: folder, skipped: &left)
            }
            skipped += left
        }
    }

    // MARK: Measurements with their intervals

    private mutating func addMeasurements(_ files: [URL]) {
        for url in files where url.lastPathComponent == "hrv_measurements.csv" {
            attempt(url) { () throws(IntakeError) in
                MeasurementsReference.reference(try HRVReferenceFiles.table(url))
            }
        }
    }

    /// For a terminal.
    public var text: String { document.text }
    public var markdown: String { document.markdown }
}
