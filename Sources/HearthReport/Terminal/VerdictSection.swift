// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The first lines: the verdict, the signals behind it, the day and the person.
enum VerdictSection {
    static func make(_ summary: DailySummary, _ text: TerminalText) -> TerminalSection {
        let verdict = summary.verdict
        var section = TerminalSection(keep: 8)
        let (mark, tone) = mark(verdict, text)
        let sentence = text.wrapped(verdict.sentence, indent: 2, lines: 3, .strong)
        for (index, line) in sentence.enumerated() {
            var marked = TerminalLine(index == 0 ? mark + " " : "  ", tone)
            marked.add(
                line.pieces.map(\.text).joined().trimmingBlanks, index == 0 ? .strong : .plain)
            section.heading.append(marked)
        }
        let day = WallClock.longDate(summary.day)
        section.heading.append(
            text.fitted(TerminalLine(text("  \(day) · \(text.name(summary.person))"), .soft)))
        if verdict.isAlert {
            section.heading.append(
                TerminalLine(text("  Alert: off for long enough to act on."), .alert))
        }
        if verdict.state == .calibrating {
            section.heading.append(progress(verdict, text))
        }
        section.items = verdict.signals.map { signal($0, text) }
        return section
    }

    private static func mark(
        _ verdict: Verdict, _ text: TerminalText
    ) -> (String, TerminalTone) {
        let unicode = text.style.unicode
        switch verdict.state {
        case .typical: return (unicode ? "●" : "*", .good)
        case .signalsOff: return (unicode ? "▲" : "!", verdict.isAlert ? .alert : .warning)
        case .calibrating: return (unicode ? "◌" : "o", .soft)
        case .noData: return (unicode ? "○" : "-", .soft)
        }
    }

    private static func signal(_ signal: SignalOff, _ text: TerminalText) -> [TerminalLine] {
        let arrow = signal.difference < 0 ? "▼" : "▲"
        let sentence =
            "\(arrow) \(text.name(signal.label, limit: 48)): "
            + "\(Wording.difference(signal)), \(Wording.nights(signal.nights))"
        return text.wrapped(sentence, hanging: 4, lines: 2)
    }

    private static func progress(_ verdict: Verdict, _ text: TerminalText) -> TerminalLine {
        let needed = max(1, verdict.calibrationNeeded)
        let cells = 20
        let full = min(cells, max(0, verdict.calibrationDays) * cells / needed)
        let glyphs = text.style.unicode ? ("█", "░") : ("#", ".")
        var line = TerminalLine("  ")
        line.add(String(repeating: glyphs.0, count: full), .good)
        line.add(String(repeating: glyphs.1, count: cells - full), .soft)
        line.add("  " + text(Wording.calibration(verdict)), .soft)
        return text.fitted(line)
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

extension TerminalLine {
    /// The line cut to `limit` columns.
    func truncated(to limit: Int, mark: Character) -> TerminalLine {
        guard width > limit else { return self }
        var result = TerminalLine()
        for piece in pieces {
            let room = limit - result.width
            if room <= 0 { break }
            result.add(SafeText.truncate(piece.text, to: room, mark: mark), piece.tone)
        }
        return result
    }
}

/// The last lines: what Hearth is not, and what the caller adds.
enum FootSection {
    static func lines(_ text: TerminalText) -> [TerminalLine] {
        var lines = [TerminalLine(text(Wording.disclaimer), .soft)]
        for line in text.style.footer.prefix(4) {
            lines += text.wrapped(line, indent: 0, lines: 2, .soft)
        }
        return lines
    }
}
