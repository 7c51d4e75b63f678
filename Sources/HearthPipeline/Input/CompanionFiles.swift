// SPDX-License-Identifier: Apache-2.0
import HearthIntake

/// The open files of one input: the file itself, and those that belong to its recording.
final class OpenInput {
    var file: InputFile
    let path: String
    /// False for content in memory: nothing lies beside it.
    let hasFolder: Bool
    private(set) var companions: [OpenInput] = []

    init(path: String, followLinks: Bool = true) throws(IntakeError) {
        self.path = path
        hasFolder = true
        file = try InputFile(path: path, followLinks: followLinks)
    }

    /// Content that is open already, under the name that is shown for it.
    init(name: String, adopting descriptor: Int32) {
        path = name
        hasFolder = false
        file = InputFile(adopting: descriptor)
    }

    /// Hands the open descriptors to `body` and keeps them open until it returns.
    func whileOpen(
        _ body: (IntakeInput) throws(IntakeError) -> Void
    ) throws(IntakeError) {
        defer { withExtendedLifetime(self) {} }
        try body(intakeInput)
    }

    /// What the intake is handed: descriptors, and plain names without folders.
    private var intakeInput: IntakeInput {
        IntakeInput(
            descriptor: file.descriptor, name: name,
            companions: companions.map {
                IntakeInput.Companion(name: $0.name, descriptor: $0.file.descriptor)
            })
    }

    private var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    private var folder: String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    }

    /// True if the file or a companion has changed since it was opened.
    var watches: [InputFile.Watch] { [file.watch] + companions.map { $0.file.watch } }

    /// Opens the regular files of the same folder that the header names, links not followed. Names in
    /// the header are compared with the folder's list; none is ever opened as it stands.
    func openCompanions() throws(IntakeError) {
        let siblings = InputListing.names(in: folder)
        let header = try file.prefix(Companions.headerBytes)
        open(Companions.names(inHeader: header, named: name, among: siblings))
        // A record of several segments names their headers, and those name the signals.
        for segment in companions where segment.name.hasSuffix(".hea") {
            let header = try segment.file.prefix(Companions.headerBytes)
            open(Companions.names(inHeader: header, named: segment.name, among: siblings))
        }
    }

    /// Opens what is not open yet; what cannot be opened is missing to the reader, who says so.
    private func open(_ names: [String]) {
        for name in names where name != self.name && companions.count < Companions.countLimit {
            guard !companions.contains(where: { $0.name == name }) else { continue }
            do throws(IntakeError) {
                companions.append(try OpenInput(path: folder + name, followLinks: false))
            } catch { continue }
        }
    }
}
