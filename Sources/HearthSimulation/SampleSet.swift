// SPDX-License-Identifier: Apache-2.0

/// A file of the sample set: its path below the folder, and its bytes.
public struct SimulatedFile: Sendable, Hashable {
    /// Below the folder of the set, with `/`.
    public let path: String
    /// The whole content.
    public let bytes: [UInt8]

    /// A file from its parts.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

/// The families of files that can be written from one wearer.
public enum SimulatedFormat: String, Sendable, CaseIterable {
    case fit, apple, fitbit, csv
}

extension SimulatedWearer {
    /// Writes every file of one family, in a fixed order, one at a time.
    public func write<E: Error>(
        _ format: SimulatedFormat, emit: (SimulatedFile) throws(E) -> Void
    ) throws(E) {
        switch format {
        case .fit: try writeFIT(emit)
        case .apple: try writeApple(emit)
        case .fitbit:
            for file in TakeoutExport(wearer: self, days: settings.fitbitDays).files() {
                try emit(file)
            }
        case .csv:
            for file in HearthCSVFiles(wearer: self, days: settings.strapDays).files() {
                try emit(file)
            }
        }
    }

    private func writeFIT<E: Error>(_ emit: (SimulatedFile) throws(E) -> Void) throws(E) {
        for day in 0..<settings.days {
            let date = settings.date(day)
            if let bytes = FITMonitoringFile.bytes(self, day: day) {
                try emit(SimulatedFile(path: "garmin/monitoring/\(date).fit", bytes: bytes))
            }
            guard let night = night(day), night.isRecorded else { continue }
            try emit(
                SimulatedFile(
                    path: "garmin/sleep/\(date).fit", bytes: FITNightFiles.sleep(self, night)))
            try emit(
                SimulatedFile(
                    path: "garmin/hrv/\(date).fit", bytes: FITNightFiles.overnight(self, night)))
        }
        for run in runs {
            try emit(
                SimulatedFile(
                    path: "garmin/activity/\(settings.date(run.day))-run.fit",
                    bytes: FITActivityFile.bytes(self, run)))
        }
    }

    /// The whole export as a file, and an earlier one of fewer days as the archive the app makes.
    private func writeApple<E: Error>(_ emit: (SimulatedFile) throws(E) -> Void) throws(E) {
        var zip = StoredZip()
        zip.add(
            "apple_health_export/export.xml",
            AppleExport(self, days: settings.earlierAppleDays).bytes())
        try emit(SimulatedFile(path: "apple-health/earlier-export.zip", bytes: zip.finished()))
        try emit(
            SimulatedFile(
                path: "apple-health/export.xml",
                bytes: AppleExport(self, days: settings.appleDays).bytes()))
    }
}
