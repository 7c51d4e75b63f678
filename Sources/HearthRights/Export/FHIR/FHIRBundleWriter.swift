// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthVault

/// Writes collection bundles of bounded size: each holds the patient and the devices its observations
/// name, so that every reference leads to something in the same file.
struct FHIRBundleWriter {
    /// A file is closed when it has grown to this many bytes.
    static let mostBytes = 16 << 20

    private let files: ExportFiles
    private let folder: String
    private let prologue: [String]
    private let isDerived: Bool
    private let mostBytes: Int
    private var name = ""
    private var part = 0
    private var quantity: Quantity?

    init(
        _ files: ExportFiles, folder: String, prologue: [String], isDerived: Bool = false,
        mostBytes: Int = FHIRBundleWriter.mostBytes
    ) {
        self.files = files
        self.folder = folder
        self.prologue = prologue
        self.isDerived = isDerived
        self.mostBytes = mostBytes
    }

    /// What follows goes to the file of that name, which is made with its first observation.
    mutating func start(_ name: String, quantity: Quantity? = nil) {
        self.name = name
        self.quantity = quantity
        part = 0
    }

    mutating func add(_ entry: String, rows: Int) throws(RightsError) {
        if files.isOpen, files.openBytes > mostBytes { try close() }
        if !files.isOpen { try open() }
        try files.write(Array(",\n\(entry)".utf8), rows: rows)
    }

    private mutating func open() throws(RightsError) {
        part += 1
        let suffix = part == 1 ? "" : "-part\(part)"
        try files.begin("\(folder)/\(name)\(suffix).json", .fhir, quantity: quantity)
        let id = ExportText.uuid("\(prologue.first ?? "") \(folder)/\(name)\(suffix)")
        try files.write(
            Array(
                ("{\"resourceType\":\"Bundle\",\"id\":\"\(id)\","
                    + FHIRObservation.meta(nil, isDerived) + ",\"type\":\"collection\","
                    + "\"entry\":[\n" + prologue.joined(separator: ",\n")).utf8))
    }

    mutating func close() throws(RightsError) {
        guard files.isOpen else { return }
        try files.write(Array("\n]}\n".utf8))
        try files.end()
    }
}
