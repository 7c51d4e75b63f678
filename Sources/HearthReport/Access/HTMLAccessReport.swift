// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The access report as one self-contained HTML document, in the look of the daily report.
public enum HTMLAccessReport {
    /// The document, ending in a newline.
    public static func render(_ report: AccessReport) -> String {
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
            <title>Hearth, what is stored</title>
            <style>
            \(Stylesheet.css)\(style)</style>
            </head>
            <body>
            <main>
            <header class="verdict"><p class="when"><time>\(report.made)</time> \
            <span class="who">for <bdi>\(name: report.person)</bdi></span></p>
            <h1><span>Everything Hearth holds about you</span></h1>
            <p class="lead">\(total(report))</p>
            </header>
            \(contents(report))\(holdings(report))\(report.sections.map(section))\
            \(scores(report))\(report.closing.map(section))</main>
            <footer>
            <p>\(Wording.disclaimer) It shows states, never causes.</p>
            <p class="root">Vault \(report.vault)</p>
            </footer>
            </body>
            </html>

            """
        return document.html
    }

    private static let style: Markup = """
        .ledger { overflow-x: auto; margin: 0 0 1rem; }
        .ledger table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.4; }
        .ledger th, .ledger td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0;
        border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
        .ledger th { font-weight: 600; }
        .ledger thead th { color: var(--soft); font-weight: 400; white-space: nowrap; }
        .ledger .number { text-align: right; white-space: nowrap; }
        .ledger .day { white-space: nowrap; }
        .lead { margin-top: .75rem; }
        .contents { columns: 2; padding: 0; margin: 1.5rem 0 0; list-style: none; }
        .contents a { color: inherit; }
        .score { margin: 0 0 1.5rem; break-inside: avoid; }
        .score dl { display: grid; grid-template-columns: 6.5rem 1fr; gap: .15rem .75rem; margin: 0;
        font-size: .875rem; line-height: 1.45; }
        .score dt { color: var(--soft); }
        .score dd { margin: 0; }
        .score code { font-size: .8125rem; color: var(--soft); }
        @media (max-width: 32rem) { .contents { columns: 1; }
        .score dl { grid-template-columns: 1fr; gap: 0; } .score dd { margin: 0 0 .4rem; } }

        """

    private static func total(_ report: AccessReport) -> Markup {
        guard !report.holdings.isEmpty else { return "No samples are stored." }
        let sources = Set(report.holdings.map(\.source)).count
        let first = report.holdings.map(\.first).min() ?? ""
        let last = report.holdings.map(\.last).max() ?? ""
        return """
            \(grouped(report.samples)) samples in \(report.holdings.count) streams from \
            \(sources) \(sources == 1 ? "source" : "sources"), \(first) to \(last).
            """
    }

    private static func contents(_ report: AccessReport) -> Markup {
        let titles =
            ["What is stored"] + report.sections.map(\.title) + ["How every score comes about"]
            + report.closing.map(\.title)
        let items = titles.map { title -> Markup in
            "<li><a href=\"#\(anchor(title))\">\(title)</a></li>\n"
        }
        return "<nav aria-label=\"Contents\"><ul class=\"contents\">\n\(items)</ul></nav>\n"
    }

    private static func anchor(_ title: String) -> String {
        String(title.lowercased().map { $0.isLetter && $0.isASCII ? $0 : "-" })
    }

    private static func holdings(_ report: AccessReport) -> Markup {
        let groups = Dictionary(grouping: report.holdings, by: \.category)
        let parts = groups.keys.sorted().map { category -> Markup in
            let rows = (groups[category] ?? []).map { one in
                [
                    one.quantity, grouped(one.samples), one.first, one.last, one.source, one.origin,
                ]
            }
            let table = AccessReport.Table(
                columns: ["quantity", "samples", "first day", "last day", "source", "from"],
                rows: rows, numeric: [1])
            return "<h3>\(Wording.capitalised(category))</h3>\n\(self.table(table))"
        }
        return """
            <section aria-labelledby="what-is-stored">
            <h2 id="what-is-stored">What is stored</h2>
            \(parts)</section>

            """
    }

    private static func section(_ section: AccessReport.Section) -> Markup {
        let id = anchor(section.title)
        let texts = section.paragraphs.map { text -> Markup in "<p>\(text)</p>\n" }
        let facts: Markup = section.table.map(table) ?? .none
        return """
            <section aria-labelledby="\(id)">
            <h2 id="\(id)">\(section.title)</h2>
            \(texts)\(facts)</section>

            """
    }

    private static func table(_ table: AccessReport.Table) -> Markup {
        let head = table.columns.enumerated().map { place, name -> Markup in
            "<th scope=\"col\"\(look(table, place, name))>\(name)</th>"
        }
        let rows = table.rows.map { row -> Markup in
            let cells = row.enumerated().map { place, cell -> Markup in
                place == 0
                    ? "<th scope=\"row\">\(cell)</th>"
                    : "<td\(look(table, place, cell))>\(cell)</td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        return """
            <div class="ledger"><table>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(rows)</tbody></table></div>

            """
    }

    private static func look(_ table: AccessReport.Table, _ place: Int, _ text: String) -> Markup {
        if table.numeric.contains(place) { return " class=\"number\"" }
        return LocalDate(text) == nil ? .none : " class=\"day\""
    }

    private static func scores(_ report: AccessReport) -> Markup {
        let items = report.scores.map { score -> Markup in
            let unit: Markup = score.unit.isEmpty ? .none : "<dt>unit</dt><dd>\(score.unit)</dd>\n"
            return """
                <div class="score"><h3>\(Wording.capitalised(score.label)) \
                <code>\(score.id)</code></h3>
                <dl><dt>how</dt><dd>\(score.formula)</dd>
                <dt>made from</dt><dd>\(score.inputs.joined(separator: ", "))</dd>
                <dt>your range</dt><dd>\(score.baseline)</dd>
                \(unit)<dt>source</dt><dd>\(score.source)</dd>
                <dt>model</dt><dd>\(score.model)</dd></dl></div>

                """
        }
        return """
            <section aria-labelledby="how-every-score-comes-about">
            <h2 id="how-every-score-comes-about">How every score comes about</h2>
            <p>All of them, whether or not you have the data for them. Each is computed on your own \
            machine and compared with your own days, never with other people.</p>
            \(items)</section>

            """
    }

    /// Digits in groups of three.
    private static func grouped(_ number: Int) -> String {
        var text = ""
        for (place, digit) in String(number).reversed().enumerated() {
            if place > 0, place.isMultiple(of: 3), digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
