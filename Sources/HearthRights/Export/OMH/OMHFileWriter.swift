// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Writes JSON lists of data points, one a line, in files of bounded size.
struct OMHFileWriter {
    /// A file is closed when it has grown to this many bytes.
    static let mostBytes = 16 << 20

    private let files: ExportFiles
    private var name = ""
    private var part = 0
    private var quantity: Quantity?

    init(_ files: ExportFiles) { self.files = files }

    /// What follows goes to the file of that name, which is made with its first data point.
    mutating func start(_ name: String, quantity: Quantity? = nil) {
        self.name = name
        self.quantity = quantity
        part = 0
    }

    mutating func add(_ point: String, rows: Int = 1) throws(RightsError) {
        if files.isOpen, files.openBytes > Self.mostBytes { try close() }
        let isFirst = !files.isOpen
        if isFirst {
            part += 1
            let suffix = part == 1 ? "" : "-part\(part)"
            try files.begin("\(name)\(suffix).json", .omh, quantity: quantity)
        }
        try files.write(Array(((isFirst ? "[\n" : ",\n") + point).utf8), rows: rows)
    }

    mutating func close() throws(RightsError) {
        guard files.isOpen else { return }
        try files.write(Array("\n]\n".utf8))
        try files.end()
    }
}
