// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
import Foundation
public import HearthBiosignals
import HearthPipeline
import HearthReport
public import HearthRights
public import HearthVault

// How the nouns of rights are written on the command line.

extension HearthBiosignals.Category: ExpressibleByArgument {
    /// The category's name, such as `sleep`.
    public init?(argument: String) { self.init(name: argument) }

    public static var allValueStrings: [String] { choosable.map(\.name) }
}

extension Purpose: ExpressibleByArgument {
    /// The purpose's name, such as `insight`.
    public init?(argument: String) { self.init(name: argument) }

    public static var allValueStrings: [String] { allCases.map(\.name) }
}

extension LegalBasis: ExpressibleByArgument {
    /// The basis's name, such as `consent`.
    public init?(argument: String) { self.init(name: argument) }

    public static var allValueStrings: [String] { allCases.map(\.name) }
}

extension Law: ExpressibleByArgument {}

/// Which categories: those named, or all.
struct CategoryOptions: ParsableArguments {
    @Option(
        name: .customLong("category"),
        help: ArgumentHelp(
            "heart, beats, movement, motion, sleep, respiration, temperature, load, waveform, context or "
                + "results; may be repeated (default: all).", valueName: "name"))
    var categories: [HearthBiosignals.Category] = []

    func validate() throws {
        if categories.contains(.clock) {
            throw ValidationError("the clock says only what local time it was; it cannot be chosen")
        }
    }

    var chosen: Set<HearthBiosignals.Category> {
        Set(categories.isEmpty ? HearthBiosignals.Category.choosable : categories)
    }
}

/// How the records of rights are printed.
enum RightsText {
    static func names(_ categories: Set<HearthBiosignals.Category>) -> String {
        if categories == Set(HearthBiosignals.Category.choosable) { return "all categories" }
        return categories.sorted { $0.rawValue < $1.rawValue }.map(\.name).joined(separator: ", ")
    }

    static func names(_ purposes: Set<Purpose>) -> String {
        purposes.sorted { $0.rawValue < $1.rawValue }.map(\.name).joined(separator: ", ")
    }

    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Prints who else got these data and has to be told of what was done with them, in a line.
    static func tellRecipients(
        of who: Person, _ categories: Set<HearthBiosignals.Category>, from: Timestamp,
        to: Timestamp, in vault: Vault
    ) throws {
        tell(try Sharing.toTell(of: who.id, categories, from: from, to: to, in: vault))
    }

    /// Prints who has to be told, if anybody has.
    static func tell(_ names: [String]) {
        guard !names.isEmpty else { return }
        print("To be told: \(SafeText.clean(names.joined(separator: ", ")))")
        Messages.hint("`hearth recipients told NAME` records that it was done")
    }

    /// Writes a text to a file, or prints it.
    static func write(_ text: String, to output: String?) throws {
        guard let output else { return print(text, terminator: "") }
        try OutputFile.write(Data(text.utf8), to: output)
        Messages.note("wrote \(output)")
    }
}

extension VaultOptions {
    /// Opens the vault and finds the person, who is made if the vault has none of the label.
    func openAdding(_ person: PersonOption) throws -> (vault: Vault, person: Person) {
        let opened = try open()
        let who =
            try opened.person(labelled: person.person) ?? opened.addPerson(label: person.person)
        return (opened, who)
    }
}
