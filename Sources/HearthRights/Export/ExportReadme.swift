// SPDX-License-Identifier: Apache-2.0

/// The page that an export begins with, for someone who does not have Hearth.
enum ExportReadme {
    static func text(_ formats: [ExportFormat], hasDerived: Bool) -> String {
        let observed = formats.filter { $0 != .edf && $0 != .sqlite }
        let isWhole = formats.contains(.csv) || formats.contains(.ndjson)
        return """
            This folder was exported by Hearth. It holds health data: keep it as you would keep a diary.


            """
                + (observed.isEmpty ? "" : observedHead) + formats.map(part).joined()
                + (hasDerived ? derivedHead + (isWhole ? alerts : "") : "")
                + tail + (isWhole ? " To read it back: hearth ingest observed" : "") + "\n"
    }

    private static let observedHead =
        "observed/             what was taken in from files and devices, and what you said\n"
    private static let derivedHead =
        "derived/              what Hearth made of it: numbers, not measurements\n"
    private static let alerts =
        "  alerts.ndjson        what live streams warned of, if they did: one alert a line\n"

    private static func part(_ format: ExportFormat) -> String {
        switch format {
        case .csv, .ndjson:
            "  samples/*.\(format.rawValue)"
                + String(repeating: " ", count: 11 - format.rawValue.count)
                + "every sample, one file a quantity; Hearth can take it back\n"
        case .fhir:
            "  fhir/                HL7 FHIR R4 bundles: wellness data, supplied by the person\n"
        case .omh: "  omh/                 Open mHealth and IEEE 1752.1 data points\n"
        case .edf: "waveforms/            signals with a rate, EDF+ or BDF+, one recording a day\n"
        case .sqlite: "hearth.sqlite         everything in one database; see its table `about`\n"
        }
    }

    private static let tail = """
        data-dictionary.csv   what each quantity is, its unit and its columns
        manifest.json         streams, files, and what a format could not hold
        SHA256SUMS            check with: sha256sum -c SHA256SUMS

        Times are UTC to the nanosecond unless they carry an offset; "zone-offset" says what the clock
        on the wall showed.
        """
}
