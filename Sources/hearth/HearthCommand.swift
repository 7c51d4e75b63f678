// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct HearthCommand: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "hearth",
        abstract: "Your wearables' files in; trustworthy answers out; nothing leaves.",
        discussion: """
            Hearth reads the files health wearables leave behind, keeps them in an encrypted vault \
            on this machine, and reports what they say about you against yourself. It never talks \
            to the network. It is not a medical device.
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Every day",
                subcommands: [
                    IngestCommand.self, InboxCommand.self, StreamCommand.self, ReportCommand.self,
                    ExplainCommand.self, ShowCommand.self, SleepCommand.self, TagCommand.self,
                    SettingsCommand.self,
                ]),
            CommandGroup(
                name: "Without a vault",
                subcommands: [
                    InspectCommand.self, ConvertCommand.self, ModelCommand.self,
                    BenchmarkCommand.self,
                ]),
            CommandGroup(
                name: "The vault",
                subcommands: [
                    InitCommand.self, SourcesCommand.self, StatusCommand.self, VerifyCommand.self,
                    BackupCommand.self, RestoreCommand.self, KeyCommand.self, UnlockCommand.self,
                    LockCommand.self,
                ]),
            CommandGroup(
                name: "Your rights",
                subcommands: [
                    AccessCommand.self, ExportCommand.self, EraseCommand.self,
                    ReceiptCommand.self, AuditCommand.self, AmendCommand.self,
                    RestrictCommand.self, ConsentCommand.self, RequestLetterCommand.self,
                ]),
            CommandGroup(
                name: "If you keep data of others",
                subcommands: [
                    PolicyCommand.self, RetainCommand.self, NoticeCommand.self, RopaCommand.self,
                    RecipientsCommand.self, BreachCommand.self,
                ]),
            CommandGroup(
                name: "Set-up", subcommands: [DoctorCommand.self, CompletionsCommand.self]),
        ])
}
