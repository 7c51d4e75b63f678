// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import Testing

@testable import HearthReport

struct HTMLReportTests {
    @Test func `every fixture passes the contract of renderers`() {
        checkRenderer("HTML") { HTMLReport.render($0) }
    }

    @Test func `every document is well-formed and uses known elements only`() {
        let elements: Set<String> = [
            "html", "head", "meta", "link", "title", "style", "body", "main", "header", "footer",
            "section", "h1", "h2", "h3", "p", "span", "strong", "bdi", "time", "abbr", "data", "dl",
            "dt", "dd", "div", "ul", "ol", "li", "figure", "figcaption", "table", "thead", "tbody",
            "tr", "th", "td", "code", "svg", "desc", "rect", "line", "circle", "path", "polyline",
            "text",
        ]
        let attributes: Set<String> = [
            "lang", "charset", "data-metric", "http-equiv", "content", "name", "rel", "href",
            "class", "id",
            "datetime", "value", "title", "scope", "role", "aria-hidden", "aria-labelledby",
            "width", "height", "viewBox", "preserveAspectRatio", "x", "y", "x1", "x2", "y1", "y2",
            "cx", "cy", "r", "rx", "d", "points", "stroke-dasharray",
        ]
        for (name, summary) in SummaryFixtures.all {
            let scan = HTMLScan(HTMLReport.render(summary, footer: ["root: <b> & \"c\""]))
            #expect(scan.problems.isEmpty, "\(name)")
            #expect(scan.elements.subtracting(elements).isEmpty, "\(name)")
            #expect(scan.attributes.subtracting(attributes).isEmpty, "\(name)")
            #expect(Set(scan.identifiers).count == scan.identifiers.count, "\(name): ids")
            #expect(Set(scan.references).isSubset(of: scan.identifiers), "\(name): references")
        }
    }

    @Test func `the scan finds what is wrong`() {
        #expect(!HTMLScan("<p><b>x</p></b>").problems.isEmpty)
        #expect(!HTMLScan("<p>a & b</p>").problems.isEmpty)
        #expect(!HTMLScan("<p class=x>a</p>").problems.isEmpty)
        #expect(!HTMLScan("<p>a").problems.isEmpty)
        #expect(HTMLScan("<p class=\"x\">a &amp; b</p>").problems.isEmpty)
    }

    @Test func `nothing is fetched and nothing runs`() {
        for (name, summary) in SummaryFixtures.all {
            let html = HTMLReport.render(summary, footer: ["https://example.org onload=1"])
            let text = html.lowercased()
            for forbidden in [
                "<script", "http://", "https://", "javascript:", "url(", "@import", "@font-face",
                "<img", "<iframe", "<object", "<embed", "<form", "<base", "srcdoc", "src=",
            ] {
                #expect(!text.contains(forbidden), "\(name): \(forbidden)")
            }
            #expect(html.firstMatch(of: /\son\w+\s*=/.ignoresCase()) == nil, "\(name)")
            #expect(html.firstMatch(of: /href="(?!data:,")/) == nil, "\(name)")
            #expect(
                html.contains(
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                        + "style-src 'unsafe-inline'; img-src data:\">"), "\(name)")
        }
    }

    @Test func `hostile names are shown as text`() {
        let html = HTMLReport.render(SummaryFixtures.hostile)
        #expect(html.contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"))
        #expect(html.contains("Off: &quot;&gt;&lt;img src&#61;x onerror&#61;alert(1)&gt;"))
        #expect(!html.contains("\u{202E}"))
        #expect(!html.contains("\u{1B}"))
        #expect(html.contains("Zoë 漢字"))
    }

    @Test func `every value stands once, with its unit`() {
        for (name, summary) in honestFixtures {
            let html = HTMLReport.render(summary)
            let values = html.matches(
                of: /<data class="value" data-metric="([a-z0-9-]+)" value="[^"]+">(.*?)<\/data>/)
            let shown = Dictionary(grouping: values, by: { String($0.1) })
            for metric in summary.metrics {
                let text = MetricFacts(metric).shown
                let found = shown[metric.id]?.map { $0.2.replacing(/<[^>]*>/, with: "") } ?? []
                #expect(found == (text.map { [Substring($0)] } ?? []), "\(name): \(metric.id)")
            }
        }
    }

    @Test func `a night that was not recorded is not drawn as the last one`() {
        let html = HTMLReport.render(SummaryFixtures.missingNight)
        #expect(!html.contains("class=\"now"))
        #expect(HTMLReport.render(SummaryFixtures.typical).contains("class=\"now\""))
    }

    @Test func `pictures have a title and a description`() {
        for (name, summary) in SummaryFixtures.all {
            let html = HTMLReport.render(summary)
            let pictures = html.matches(
                of: /<svg[^>]*role="img"[^>]*>(<title.*?<\/title>)?(<desc)?/)
            #expect(pictures.allSatisfy { $0.1 != nil && $0.2 != nil }, "\(name)")
            let hidden = html.matches(of: /<svg[^>]*aria-hidden="true"/).count
            #expect(html.matches(of: /<svg/).count == pictures.count + hidden, "\(name)")
        }
    }

    @Test func `the disclaimer stands once`() {
        for (name, summary) in SummaryFixtures.all {
            let html = HTMLReport.render(summary)
            #expect(html.matches(of: /not a medical device/).count == 1, "\(name)")
        }
    }

    @Test func `the clock change shows the wall at both ends`() {
        let html = HTMLReport.render(SummaryFixtures.clockChange)
        #expect(html.contains(">22:58</time>"))
        #expect(html.contains(">07:39</time>"))
        #expect(!html.contains(">02:00</text>"))
        #expect(html.contains("clock moved +1 h at 03:00"))
    }

    /// WCAG 2.2: text 4.5, graphics 3.
    @Test func `text and marks have contrast in light, dark and print`() throws {
        let html = HTMLReport.render(SummaryFixtures.typical)
        let themes = html.matches(of: /:root \{([^}]*)\}/).map { theme in
            Dictionary(
                theme.1.matches(of: /--([a-z-]+): (#[0-9a-f]+)/).map {
                    (String($0.1), String($0.2))
                }, uniquingKeysWith: { $1 })
        }
        #expect(themes.count == 3)
        for theme in themes {
            for name in ["ink", "soft", "ok", "off"] {
                for paper in ["paper", "faint", "off-paper"] where name != "ok" {
                    let ratio = try contrast(theme, name, paper)
                    #expect(ratio >= 4.5, "\(name) on \(paper): \(ratio)")
                }
            }
            #expect(try contrast(theme, "ok", "paper") >= 4.5)
            for name in ["wake", "rem", "light", "deep", "asleep", "none", "trace"] {
                let ratio = try contrast(theme, name, "paper")
                #expect(ratio >= 3, "\(name) on paper: \(ratio)")
            }
            #expect(try contrast(theme, "trace", "band") >= 3)
            #expect(try contrast(theme, "off", "band") >= 3)
        }
    }

    private func contrast(_ theme: [String: String], _ a: String, _ b: String) throws -> Double {
        let first = try luminance(#require(theme[a]))
        let second = try luminance(#require(theme[b]))
        return (max(first, second) + 0.05) / (min(first, second) + 0.05)
    }

    private func luminance(_ colour: String) throws -> Double {
        var digits = Array(colour.dropFirst())
        if digits.count == 3 { digits = digits.flatMap { [$0, $0] } }
        let channels = try (0..<3).map { index -> Double in
            let value = try #require(Int(String(digits[2 * index...2 * index + 1]), radix: 16))
            let share = Double(value) / 255
            return share <= 0.04045 ? share / 12.92 : power((share + 0.055) / 1.055)
        }
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }

    /// x to the 2.4: the square times the fifth root of the square, by Newton's method.
    private func power(_ x: Double) -> Double {
        let square = x * x
        var root = 1.0
        for _ in 0..<60 {
            root -= (root * root * root * root * root - square) / (5 * root * root * root * root)
        }
        return square * root
    }
}
