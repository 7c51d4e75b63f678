// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A hypnogram in two rows of half blocks: four heights for awake, REM, light and deep.
///
/// ```
///   awake/REM   ▀▀      ▄▄▄     ▄▄▀
///   light/deep    ▀▀▄▄▀▀   ▀▀▄▄▀
/// ```
/// In ASCII it is one row of letters: `W`, `R`, `L`, `D`, `S` for sleep of an unknown stage.
enum HypnogramStrip {
    static func lines(_ night: NightSummary, _ text: TerminalText) -> [TerminalLine] {
        let facts = HypnogramFacts(night.hypnogram)
        guard facts.count > 0, facts.isScored || night.correction == nil else { return [] }
        let gutter = 14
        let stages = facts.columns(min(text.width - gutter, 96))
        let axis = axis(night, facts, columns: stages.count, gutter: gutter)
        if text.style.unicode {
            return rows(stages, facts, gutter) + [axis]
        }
        return letters(stages, gutter).map(text.fitted) + [axis]
    }

    private static func rows(
        _ stages: [SleepStage], _ facts: HypnogramFacts, _ gutter: Int
    ) -> [TerminalLine] {
        let names =
            facts.isStaged ? ("  awake/REM", "  light/deep") : ("  awake", "  asleep")
        var upper = TerminalLine(names.0, .soft)
        var lower = TerminalLine(names.1, .soft)
        upper.fill(to: gutter)
        lower.fill(to: gutter)
        for stage in stages {
            let glyphs = facts.isStaged ? staged(stage) : plain(stage)
            upper.add(glyphs.0, .stage(stage))
            lower.add(glyphs.1, .stage(stage))
        }
        return [upper, lower]
    }

    private static func staged(_ stage: SleepStage) -> (String, String) {
        switch stage {
        case .wake: ("▀", " ")
        case .rem: ("▄", " ")
        case .light: (" ", "▀")
        case .deep: (" ", "▄")
        case .asleep: (" ", "▒")
        case .inBed, .unscored: (" ", "·")
        }
    }

    private static func plain(_ stage: SleepStage) -> (String, String) {
        switch stage {
        case .wake: ("▄", " ")
        case .asleep, .light, .deep, .rem: (" ", "▀")
        case .inBed, .unscored: (" ", "·")
        }
    }

    private static func letters(_ stages: [SleepStage], _ gutter: Int) -> [TerminalLine] {
        var row = TerminalLine("  stages", .soft)
        row.fill(to: gutter)
        for stage in stages { row.add(letter(stage), .stage(stage)) }
        let legend: [(SleepStage, String)] = [
            (.wake, "W awake"), (.rem, "R REM"), (.light, "L light"), (.deep, "D deep"),
            (.asleep, "S asleep"), (.inBed, "B in bed"), (.unscored, ". no data"),
        ]
        var key = TerminalLine()
        key.fill(to: gutter)
        let present = legend.filter { stages.contains($0.0) }.map(\.1)
        key.add(present.joined(separator: "  "), .soft)
        return [row, key]
    }

    private static func letter(_ stage: SleepStage) -> String {
        switch stage {
        case .wake: "W"
        case .rem: "R"
        case .light: "L"
        case .deep: "D"
        case .asleep: "S"
        case .inBed: "B"
        case .unscored: "."
        }
    }

    /// Whole hours under the strip, as many as fit.
    private static func axis(
        _ night: NightSummary, _ facts: HypnogramFacts, columns: Int, gutter: Int
    ) -> TerminalLine {
        let clock = WallClock(night)
        var line = TerminalLine()
        for hour in clock.hours(from: facts.hypnogram.start, to: facts.hypnogram.end) {
            let column = gutter + Int(facts.fraction(at: hour) * Double(columns))
            let isFirst = line.width == 0
            if column >= (isFirst ? 0 : line.width + 2), column + 5 <= gutter + columns {
                line.fill(to: column)
                line.add(clock.text(hour), .soft)
            }
        }
        return line
    }
}
