// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The daily report as one self-contained HTML document: no script, no font, no picture and no
/// address from anywhere else, and a content policy that forbids them all.
///
/// Readable on a phone, in print, in dark mode and by a screen reader; colour never stands alone.
public enum HTMLReport {
    /// The document, ending in a newline.
    ///
    /// - Parameter footer: lines below the report, such as where the audit log stands, in words.
    public static func render(_ summary: DailySummary, footer: [String] = []) -> String {
        let document: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
            style-src 'unsafe-inline'; img-src data:">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="format-detection" content="telephone=no">
            <meta name="referrer" content="no-referrer">
            <meta name="robots" content="noindex">
            <link rel="icon" href="data:,">
            <title>Hearth, \(summary.day.description)</title>
            <style>
            \(Stylesheet.css)</style>
            </head>
            <body>
            <main>
            \(VerdictHeader.markup(summary))
            \(NightMarkup.markup(summary))
            \(SaidMarkup.markup(summary))
            \(VitalsMarkup.markup(summary))
            \(NightsStrip.markup(summary))
            \(ReadinessMarkup.markup(summary))
            \(HeartRhythmMarkup.markup(summary))
            \(RhythmMarkup.markup(summary))
            \(ActivityMarkup.markup(summary))
            \(QualityMarkup.markup(summary))
            \(ChangesMarkup.markup(summary))
            \(ProvenanceMarkup.markup(summary))
            </main>
            <footer>
            <p>\(Wording.disclaimer) It shows states, never causes.</p>
            \(footer.map { "<p class=\"root\">\($0)</p>\n" as Markup })</footer>
            </body>
            </html>

            """
        return document.html
    }
}

/// The verdict as a sentence, the signals behind it and how far the calibration is.
enum VerdictHeader {
    static func markup(_ summary: DailySummary) -> Markup {
        let verdict = summary.verdict
        return """
            <header class="verdict \(verdict.state.rawValue)">
            <p class="when"><time datetime="\(summary.day.description)">\
            \(WallClock.longDate(summary.day))</time> <span class="who">for \
            <bdi>\(name: summary.person)</bdi></span></p>
            <h1>\(mark(verdict))<span>\(verdict.sentence)</span></h1>
            \(alert(verdict))\(signals(verdict))\(calibration(verdict))</header>
            """
    }

    /// A different shape for every state, so that colour is not needed.
    private static func mark(_ verdict: Verdict) -> Markup {
        let shape: Markup =
            switch verdict.state {
            case .typical: "<circle cx=\"12\" cy=\"12\" r=\"8\"/>"
            case .signalsOff: "<path d=\"M12 3 22 20.5H2Z\"/>"
            case .calibrating:
                "<circle class=\"open\" cx=\"12\" cy=\"12\" r=\"8\" stroke-dasharray=\"4 3.2\"/>"
            case .noData: "<circle class=\"open\" cx=\"12\" cy=\"12\" r=\"8\"/>"
            }
        return """
            <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">\
            \(shape)</svg>
            """
    }

    private static func alert(_ verdict: Verdict) -> Markup {
        guard verdict.isAlert else { return .none }
        return "<p class=\"alert\"><strong>Alert:</strong> off for long enough to act on.</p>\n"
    }

    private static func signals(_ verdict: Verdict) -> Markup {
        guard !verdict.signals.isEmpty else { return .none }
        let items = verdict.signals.map { signal -> Markup in
            let arrow = signal.difference < 0 ? "▼" : "▲"
            return """
                <li><span class="arrow" aria-hidden="true">\(arrow)</span>\
                <span><strong>\(name: Wording.capitalised(signal.label))</strong> \
                \(Wording.difference(signal)), \(Wording.nights(signal.nights))</span></li>

                """
        }
        return "<ul class=\"signals\">\n\(items)</ul>\n"
    }

    private static func calibration(_ verdict: Verdict) -> Markup {
        guard verdict.state == .calibrating else { return .none }
        let needed = max(1, verdict.calibrationNeeded)
        let share = min(1, max(0, Double(verdict.calibrationDays) / Double(needed)))
        return """
            <div class="progress"><svg width="100%" height="8" aria-hidden="true">\
            <rect class="track" width="100%" height="8" rx="4"/>\
            <rect class="done" width="\(at: share * 100)%" height="8" rx="4"/></svg>
            <p>\(Wording.calibration(verdict)). Until then numbers are shown without a verdict.</p>
            </div>

            """
    }
}

/// Values, ranges and small prints that several sections share.
enum MetricMarkup {
    /// The value with its unit, or the reason why there is none.
    static func value(_ facts: MetricFacts) -> Markup {
        guard let measure = facts.measure, let value = facts.value else {
            return "<span class=\"missing\">\(facts.missing)</span>"
        }
        let exact = DecimalDigits(value)?.ecmaScript ?? ""
        let parts = measure.parts.enumerated().map { index, part -> Markup in
            let gap: Markup = index > 0 ? " " : .none
            let unit: Markup =
                part.unit.isEmpty ? .none : " <span class=\"unit\">\(part.unit)</span>"
            return "\(gap)\(part.number)\(unit)"
        }
        let shown: Markup = facts.errorRange.map { "\($0)" } ?? "\(parts)"
        return """
            <data class="value" data-metric="\(facts.metric.id)" value="\(exact)">\(shown)</data>
            """
    }

    /// Where the value lies, in words.
    static func against(_ facts: MetricFacts) -> Markup {
        guard facts.value != nil else { return .none }
        guard let range = facts.rangeWithUnit else {
            return "Your usual range is not known yet."
        }
        var pieces: [Markup] = []
        switch facts.position {
        case .above: pieces.append("<strong>\(arrow("▲")) above</strong> your usual \(range)")
        case .below: pieces.append("<strong>\(arrow("▼")) below</strong> your usual \(range)")
        default: pieces.append("within your usual \(range)")
        }
        if let signal = facts.signal {
            pieces.append("\(Wording.difference(signal))")
        } else if let difference = facts.difference {
            let isZero = difference.allSatisfy { $0 == "0" || $0 == "." }
            pieces.append(isZero ? "at your median" : "\(difference) from your median")
        }
        if let z = facts.zScore {
            pieces.append("<abbr title=\"robust standard score\">z</abbr> \(z)")
        }
        if facts.nightsOff > 0 { pieces.append("\(Wording.nights(facts.nightsOff))") }
        return joined(pieces)
    }

    /// Pieces in a row with a dot between them; each stays on one line if it can.
    static func joined(_ pieces: [Markup]) -> Markup {
        let items = pieces.enumerated().map { index, piece -> Markup in
            let dot: Markup =
                index < pieces.count - 1 ? " <span aria-hidden=\"true\">·</span>" : .none
            return "<span class=\"piece\">\(piece)\(dot)</span> "
        }
        return "\(items)"
    }

    private static func arrow(_ glyph: String) -> Markup {
        "<span class=\"arrow\" aria-hidden=\"true\">\(glyph)</span>"
    }
}
