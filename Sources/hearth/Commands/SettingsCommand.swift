// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthVault

struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "What you set for yourself: heart rate, weights.",
        discussion: """
            Settings are kept sealed in the vault, each person's apart. Reports use them at once; \
            nothing that was measured changes.
            """,
        subcommands: [List.self, Set.self, Unset.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Every setting, what holds and what it means.")

        @Flag(help: "Print as JSON.") var json = false
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let who = try person.find(in: opened)
                let settings = try opened.corrections(of: who.id).settings
                if json { return try SettingsJSON(settings).print() }
                var table = TextTable(["setting", "holds", "set by you", "meaning"])
                for key in PersonSettings.Key.allCases {
                    table.add([
                        key.facts.name, key.word(settings.value(of: key)) ?? "-",
                        settings[key] == nil ? "no" : "yes", key.facts.meaning,
                    ])
                }
                print(table.text)
            }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set one: maximum-heart-rate 185, readiness off.")

        @Argument(help: "Its name, as `hearth settings` lists it.") var name: String
        @Argument(help: "A whole number, or one of its words.") var value: String
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            let key = try PersonSettings.Key.found(name)
            guard let number = key.number(value) else {
                Messages.error("\(key.facts.name) takes \(key.choices)")
                throw ExitStatus.usage
            }
            try change(key, to: number, vault, person)
        }
    }

    struct Unset: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unset", abstract: "Take one back; the default holds again.")

        @Argument(help: "Its name, as `hearth settings` lists it.") var name: String
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try change(try PersonSettings.Key.found(name), to: nil, vault, person)
        }
    }

    private static func change(
        _ key: PersonSettings.Key, to value: Int?, _ vault: VaultOptions, _ person: PersonOption
    ) throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            try opened.set(key, to: value, of: who.id)
            Messages.note(value == nil ? "took back \(key.facts.name)" : "set \(key.facts.name)")
        }
    }
}

extension PersonSettings.Key {
    static func found(_ name: String) throws -> PersonSettings.Key {
        guard let key = PersonSettings.Key(name: name) else {
            Messages.error("there is no setting of this name")
            Messages.hint("`hearth settings` lists them")
            throw ExitStatus.usage
        }
        return key
    }

    /// The number as people write it; `nil` for `nil`.
    func word(_ number: Int?) -> String? {
        guard let number else { return nil }
        let words = facts.words
        return words.indices.contains(number) ? words[number] : String(number)
    }

    /// The number of a text, if it is one of this setting's.
    func number(_ text: String) -> Int? {
        let facts = facts
        if !facts.words.isEmpty { return facts.words.firstIndex(of: text.lowercased()) }
        return Int(text).flatMap { facts.range.contains($0) ? $0 : nil }
    }

    var choices: String {
        let facts = facts
        guard facts.words.isEmpty else { return facts.words.joined(separator: " or ") }
        let unit = facts.unit.isEmpty ? "" : " \(facts.unit)"
        return "a whole number from \(facts.range.lowerBound) to \(facts.range.upperBound)\(unit)"
    }
}

/// Every setting, for programs.
struct SettingsJSON: Encodable {
    struct Setting: Encodable {
        var name: String
        /// What holds: set, or the default; absent where there is neither.
        var value: String?
        var isSet: Bool
        var meaning: String
    }

    var schema = "hearth.settings/1"
    var settings: [Setting]

    init(_ settings: PersonSettings) {
        self.settings = PersonSettings.Key.allCases.map { key in
            Setting(
                name: key.facts.name, value: key.word(settings.value(of: key)),
                isSet: settings[key] != nil, meaning: key.facts.meaning)
        }
    }

    func print() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(self), as: UTF8.self))
    }
}
