// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthRights
import HearthVault

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "What is kept, why, on what ground and for how long.",
        discussion: """
            One line a category. `hearth notice` tells people what the policy says, `hearth retain` \
            finds what is kept too long, and in controller mode a category whose ground is consent is \
            refused without it. A category whose purposes were set is refused for all others, in either \
            mode: with --purpose keep alone it is stored and not scored.

            Without a subcommand: the policy that is in force, with --json for programs.
            """,
        subcommands: [Show.self, Set.self, Unset.self, Mode.self], defaultSubcommand: Show.self)

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The policy that is in force.")

        @Flag(help: "Print as JSON.") var json = false
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let model = VaultPolicyModel(try vault.open().records())
                if json { return try RightsText.printJSON(model) }
                print("mode       \(model.mode)")
                if let name = model.controller { print("controller \(name)") }
                if let contact = model.contact { print("contact    \(contact)") }
                var table = TextTable(["category", "for", "ground", "kept", "set by you"])
                for one in model.categories {
                    table.add([
                        one.category, one.purposes.joined(separator: ", "), one.basis,
                        model.keepWords(one), one.isSet ? "yes" : "no",
                    ])
                }
                print(table.text)
            }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set it for categories: --keep-for 90d.",
            discussion: """
                What is not given stays as it is; purposes that are given take the place of all that were. \
                Results are a category of their own: they can be kept \
                longer than the samples they came from.

                  hearth policy set motion waveform --keep-for 90d
                  hearth policy set results --keep-for 2y
                """)

        @Argument(help: "heart, beats, movement, motion, sleep, … as `hearth policy` lists them.")
        var categories: [HearthBiosignals.Category]
        @Option(
            name: .customLong("purpose"),
            help: ArgumentHelp(
                "keep, insight, alert, share or research; may be repeated.", valueName: "name"))
        var purposes: [Purpose] = []
        @Option(
            help: ArgumentHelp(
                "household, consent, health-care, research or vital-interest.", valueName: "ground")
        )
        var basis: LegalBasis?
        @Option(
            help: ArgumentHelp(
                "For how long: 90d, 8w, 24m, 2y (months of 30.44 days), or forever.",
                valueName: "time"))
        var keepFor: String?
        @OptionGroup var vault: VaultOptions

        func validate() throws {
            if categories.contains(.clock) {
                throw ValidationError("the clock has no policy of its own")
            }
            if purposes.isEmpty, basis == nil, keepFor == nil {
                throw ValidationError("nothing to set: give --keep-for, --purpose or --basis")
            }
            if let keepFor { _ = try PolicyCommand.days(keepFor) }
        }

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                var records = try opened.records()
                for category in categories {
                    var policy = records.policy(of: category)
                    if !purposes.isEmpty { policy.purposes = Swift.Set(purposes) }
                    if let basis { policy.basis = basis }
                    if let keepFor { policy.keepDays = try PolicyCommand.days(keepFor) }
                    records.set(policy, of: category)
                }
                try opened.store(records, command: "policy set")
                Messages.note("set: \(categories.map(\.name).joined(separator: ", "))")
                let refused = try Purpose.allCases.filter {
                    try !opened.outsidePolicy(for: $0).isDisjoint(with: categories)
                }
                if !purposes.isEmpty, !refused.isEmpty {
                    Messages.note("refused from now on: \(RightsText.names(Swift.Set(refused)))")
                }
                if keepFor != nil { Messages.hint("`hearth retain` lists what is due now") }
            }
        }
    }

    struct Unset: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unset", abstract: "Take it back for categories; the default holds again.")

        @Argument(help: "The categories.") var categories: [HearthBiosignals.Category]
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                var records = try opened.records()
                for category in categories { records.set(nil, of: category) }
                try opened.store(records, command: "policy unset")
                Messages.note("took back: \(categories.map(\.name).joined(separator: ", "))")
            }
        }
    }

    struct Mode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mode", abstract: "Whose use the vault is for: personal or controller.",
            discussion: """
                personal: your own use; nothing is asked and nothing is refused. controller: you keep \
                data of others; consent is needed where the policy rests on it, and you are named in \
                every notice. A controller needs --name and --contact.
                """)

        @Argument(help: "personal or controller.") var mode: ModeName
        @OptionGroup var controller: ControllerOptions
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                var records = try opened.records()
                records.mode = mode.mode
                if let identity = try controller.identity(for: mode) {
                    records.controller = identity
                }
                guard mode == .personal || records.controller != nil else {
                    throw ControllerOptions.missing()
                }
                try opened.store(records, command: "policy mode \(mode.rawValue)")
                Messages.note("the vault is in \(mode.rawValue) mode")
            }
        }
    }

    /// `90d`, `8w`, `24m`, `2y`; `nil` for `forever`.
    static func days(_ text: String) throws -> UInt32? {
        if text == "forever" { return nil }
        let digits = text.prefix { $0.isNumber }
        let width: Double? =
            switch text.dropFirst(digits.count) {
            case "d": 1
            case "w": 7
            case "m": 30.44
            case "y": 365.25
            default: nil
            }
        guard let width, let count = UInt32(digits), count > 0, count <= 36_500 else {
            throw ValidationError(
                "--keep-for takes a whole number with d, w, m or y, such as 90d, or forever")
        }
        return UInt32((Double(count) * width).rounded(.up))
    }
}

/// The mode as it is written.
enum ModeName: String, ExpressibleByArgument, CaseIterable {
    case personal, controller

    var mode: VaultMode { self == .personal ? .personal : .controller }
}

/// Who the controller is.
struct ControllerOptions: ParsableArguments {
    @Option(
        name: .customLong("name"),
        help: ArgumentHelp("The controller's name, as people shall read it.", valueName: "name"))
    var controllerName: String?
    @Option(
        help: ArgumentHelp(
            "How people reach the controller: address, e-mail or telephone.", valueName: "contact"))
    var contact: String?

    /// - Throws: usage, if only one of the two is given.
    func identity(for mode: ModeName) throws -> ControllerIdentity? {
        switch (controllerName, contact) {
        case (nil, nil): return nil
        case (let name?, let contact?) where !name.isEmpty && !contact.isEmpty:
            return ControllerIdentity(name: name, contact: contact)
        default: throw Self.missing()
        }
    }

    static func missing() -> ExitCode {
        Messages.error("controller mode needs to say who answers for the data")
        Messages.hint("--name \"Sleep Clinic\" --contact privacy@clinic.example")
        return ExitStatus.usage
    }
}
