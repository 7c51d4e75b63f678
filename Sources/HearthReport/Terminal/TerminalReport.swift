// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The daily report as terminal text: at most 50 lines, the verdict first.
public enum TerminalReport {
    /// Lines a report never exceeds, so that it fits a screen.
    public static let maximumLines = 50

    /// The report as text that ends in a newline.
    ///
    /// Text from files is stripped of everything that could steer a terminal. Where there is more
    /// than fits, the least important items are left out and counted.
    public static func render(
        _ summary: DailySummary, style: TerminalStyle = TerminalStyle()
    ) -> String {
        let text = TerminalText(style: style)
        var sections = [
            VerdictSection.make(summary, text),
            NightSection.make(summary, text),
            SaidSection.make(summary, text),
            VitalsTable(summary, text).section,
            HeartRhythmSection.make(summary, text),
            RhythmSection.make(summary, text),
            ActivitySection.make(summary, text),
            ReadinessSection.make(summary, text),
            DataSection.sources(summary, text),
            DataSection.hints(summary, text),
            DataSection.changes(summary, text),
        ].filter { !$0.isEmpty }
        let foot = FootSection.lines(text)
        let room = maximumLines - foot.count - 1
        shrink(&sections, to: room)
        let body = joined(sections, text).prefix(room)
        return (body + [.blank] + foot).map { $0.rendered(colour: style.colour) + "\n" }.joined()
    }

    /// Leaves items out, from the last section to the first, until `room` lines are enough: first
    /// down to what each section keeps, then to its floor, then, for inputs far beyond any real day,
    /// down to nothing.
    private static func shrink(_ sections: inout [TerminalSection], to room: Int) {
        func height() -> Int { sections.reduce(0) { $0 + $1.height } + sections.count - 1 }
        let measures: [(TerminalSection) -> Int] = [{ $0.keep }, { $0.floor }, { _ in 0 }]
        for measure in measures {
            for index in sections.indices.reversed() {
                while height() > room, sections[index].canShrink(to: measure(sections[index])) {
                    sections[index].dropLastItem()
                }
            }
        }
    }

    private static func joined(
        _ sections: [TerminalSection], _ text: TerminalText
    ) -> [TerminalLine] {
        let note = { (hidden: Int) in
            TerminalLine(text("  … \(hidden) more in the HTML report"), .soft)
        }
        var lines: [TerminalLine] = []
        for section in sections {
            if !lines.isEmpty { lines.append(.blank) }
            lines += section.lines(note)
        }
        return lines
    }
}

/// Makes text safe for the terminal at hand: called on everything that is shown.
struct TerminalText {
    let style: TerminalStyle

    var width: Int { max(40, style.width) }

    func callAsFunction(_ text: String) -> String {
        let clean = keepingIndent(text)
        return style.unicode ? clean : SafeText.ascii(clean)
    }

    /// Lines of wrapped text, indented by `indent` columns.
    func wrapped(
        _ content: String, indent: Int = 2, hanging: Int? = nil, lines: Int = 3,
        _ tone: TerminalTone = .plain
    ) -> [TerminalLine] {
        let rest = hanging ?? indent
        let pieces = SafeText.wrap(
            self(content), to: width - max(indent, rest), lines: lines, mark: mark)
        return pieces.enumerated().map { index, piece in
            TerminalLine(
                String(repeating: " ", count: index == 0 ? indent : rest) + piece, tone)
        }
    }

    /// A name from a file, cut to a bearable length.
    func name(_ text: String, limit: Int = 40) -> String {
        SafeText.truncate(self(text), to: limit, mark: mark)
    }

    /// The line cut to the width of the terminal.
    func fitted(_ line: TerminalLine) -> TerminalLine { line.truncated(to: width, mark: mark) }

    /// What stands for text that was cut away.
    var mark: Character { style.unicode ? "…" : "~" }

    private func keepingIndent(_ text: String) -> String {
        // Blanks around our own words are layout; inside and from files they are white space.
        let indent = text.prefix { $0 == " " }
        let rest = text.dropFirst(indent.count)
        return indent + SafeText.clean(String(rest)) + (rest.last == " " ? " " : "")
    }
}
