// SPDX-License-Identifier: Apache-2.0

extension HygieneVault {
    /// What is typed behind `hearth`.
    struct Words {
        var words: [String]
        /// Whether it opens the vault and is told where the passphrase is.
        var opens = true
        /// A file for its standard input.
        var input: String?

        init(_ words: String..., opens: Bool = true, input: String? = nil) {
            self.words = words
            self.opens = opens
            self.input = input
        }

        func of(_ person: String) -> Words {
            var copy = self
            copy.words += ["--person", person]
            return copy
        }
    }

    /// Every group of commands, in an order in which each one succeeds.
    var everyCommand: [Words] {
        var all: [Words] = []
        for words in commands {
            var one = Words()
            one.words = words
            all.append(one)
        }
        for group: [Words] in [daily, outside, keeping, rights, controllers, keyChanges] {
            all += group
        }
        return all
    }

    private var daily: [Words] {
        [
            Words("inbox", "add", "c.csv", opens: false).of(label),
            Words("inbox", "list", opens: false), Words("inbox", "merge"),
            Words("stream", "--commit-every", "50ms", input: "live.ndjson").of(label),
            Words("sleep", "add", "--from", "2026-01-06T01:00", "--to", "2026-01-06T06:00").of(
                label),
            Words("sleep", "list").of(label), Words("tag", "list").of(label),
            Words("settings", "set", "maximum-heart-rate", "185").of(label),
            Words("settings", "list").of(label),
            Words("report", "--day", "2026-01-06", "--format", "html", "--output", "out/day.html")
                .of(label),
        ]
    }

    private var outside: [Words] {
        [
            Words("inspect", "b.csv", opens: false),
            Words("convert", "b.csv", "--to", "csv", "--output", "out/b.csv", opens: false),
            Words("model", "list", opens: false), Words("doctor", opens: false),
            Words("completions", "bash", opens: false),
            Words("request-letter", "Vendor", opens: false),
        ]
    }

    private var keeping: [Words] {
        [
            Words("backup", "out/copy"), Words("backup", "out/one.hearthbackup"),
            Words(
                "restore", "out/copy", "--vault", "out/restored", "--state", "out/restored-state"),
        ]
    }

    private var rights: [Words] {
        [
            Words(
                "export", "out/formats", "--format", "fhir", "--format", "omh", "--format",
                "sqlite", "--recipient", "Doctor"
            ).of(label),
            Words("audit", "verify"),
            Words("receipt", "verify", "out/receipt.json", opens: false),
            Words(
                "amend", "set", "heart-rate", "--at", "2026-01-06T08:00Z", "--value-file", "value"
            ).of(label),
            Words("amend", "show").of(label),
            Words("consent", "give", "--receipt", "out/consent.json").of(label),
            Words("consent", "verify", "out/consent.json", opens: false),
            Words("consent", "show").of(label),
            Words("restrict", "add", "--category", "sleep").of(label),
            Words("restrict", "show").of(label),
        ]
    }

    private var controllers: [Words] {
        [
            Words("policy", "set", "motion", "--keep-for", "90d"), Words("policy"),
            Words("retain"), Words("notice", "--output", "out/notice.md"), Words("ropa"),
            Words("recipients", "add", "Doctor", "--contact", "post", "--purpose", "care"),
            Words("recipients").of(label), Words("breach", "add", "--what", "a lost laptop"),
            Words("breach", "show", "--draft", "authority"),
        ]
    }

    /// Last, because the passphrase is another one after these.
    private var keyChanges: [Words] {
        [
            Words("key", "new-file", "out/key", opens: false),
            Words("key", "add", "--add-key-file", "out/key"),
            Words("unlock", "--minutes", "1"), Words("lock", opens: false),
            Words("key", "recovery"), Words("verify"),
            Words("key", "rotate", "--new-passphrase-file", "second-passphrase"),
        ]
    }
}
