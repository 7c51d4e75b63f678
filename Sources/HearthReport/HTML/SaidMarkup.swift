// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the person said about the day: tags, corrections of its sleep, and what was amended.
enum SaidMarkup {
    static func markup(_ summary: DailySummary) -> Markup {
        let said = summary.corrections
        guard !said.isEmpty else { return .none }
        let clock = WallClock(said.clock)
        return """
            <section aria-labelledby="h-said">
            <h2 id="h-said">You said</h2>
            \(tags(said.tags, clock))\(corrections(said.sleep, clock))\
            \(amended(said.amended, clock))</section>
            """
    }

    private static func tags(_ tags: [DayTag], _ clock: WallClock) -> Markup {
        guard !tags.isEmpty else { return .none }
        let items = tags.map { tag -> Markup in
            "<li><bdi>\(CorrectionFacts.words(tag, clock))</bdi></li>\n"
        }
        return "<ul class=\"tags\">\n\(items)</ul>\n"
    }

    private static func amended(_ all: [AmendedSamples], _ clock: WallClock) -> Markup {
        guard !all.isEmpty else { return .none }
        let items = all.map { one -> Markup in
            "<li>\(Wording.capitalised(CorrectionFacts.words(one, clock)))</li>\n"
        }
        return "<ul>\n\(items)</ul>\n"
    }

    private static func corrections(_ all: [AppliedCorrection], _ clock: WallClock) -> Markup {
        guard !all.isEmpty else { return .none }
        let rows = all.map { applied -> Markup in
            let one = applied.correction
            return """
                <tr class="\(applied.replacedBy == nil ? "used" : "unused")">\
                <th scope="row" class="number">\(Int(one.id.rawValue))</th>\
                <td>\(Wording.capitalised(CorrectionFacts.words(applied, clock)))</td>\
                <td><bdi>\(one.note.map(CorrectionFacts.name) ?? "")</bdi></td></tr>

                """
        }
        return """
            <table aria-labelledby="h-said">
            <thead><tr><th scope="col" class="number">No.</th><th scope="col">Correction</th>\
            <th scope="col">Your note</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
    }
}
