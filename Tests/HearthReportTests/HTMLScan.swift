// SPDX-License-Identifier: Apache-2.0

/// A strict look at a document: tags must balance, names and attributes are collected.
struct HTMLScan {
    var elements: Set<String> = []
    var attributes: Set<String> = []
    var identifiers: [String] = []
    /// Ids that `aria-labelledby` names.
    var references: [String] = []
    var problems: [String] = []

    private static let void: Set<String> = ["meta", "link"]
    /// Inside SVG an element may close itself.
    private static let closing: Set<String> = ["rect", "line", "circle", "path", "polyline"]

    init(_ html: String) {
        var open: [String] = []
        var rest = html[...]
        while let start = rest.firstIndex(of: "<") {
            checkText(rest[..<start], inside: open.last)
            guard let end = rest[start...].firstIndex(of: ">") else {
                problems.append("a tag without an end")
                return
            }
            tag(String(rest[rest.index(after: start)..<end]), &open)
            rest = rest[rest.index(after: end)...]
        }
        if !open.isEmpty { problems.append("not closed: \(open)") }
    }

    private mutating func tag(_ content: String, _ open: inout [String]) {
        if content == "!DOCTYPE html" { return }
        if content.hasPrefix("/") {
            let name = String(content.dropFirst())
            if open.popLast() != name { problems.append("</\(name)> closes another element") }
            return
        }
        let closesItself = content.hasSuffix("/")
        let body = closesItself ? String(content.dropLast()) : content
        let name = String(body.prefix { $0 != " " && $0 != "\n" })
        elements.insert(name)
        readAttributes(body.dropFirst(name.count))
        if closesItself {
            if !Self.closing.contains(name) { problems.append("<\(name)/> is not closed in HTML") }
        } else if !Self.void.contains(name) {
            open.append(name)
        }
    }

    private mutating func readAttributes(_ text: Substring) {
        var rest = text.drop { $0 == " " || $0 == "\n" }
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /([a-zA-Z][a-zA-Z0-9-]*)="([^"<>]*)"/) else {
                problems.append("not an attribute: \(rest.prefix(40))")
                return
            }
            let name = String(match.1)
            attributes.insert(name)
            if name == "id" { identifiers.append(String(match.2)) }
            if name == "aria-labelledby" {
                references += match.2.split(separator: " ").map(String.init)
            }
            rest = rest[match.range.upperBound...].drop { $0 == " " || $0 == "\n" }
        }
    }

    private mutating func checkText(_ text: Substring, inside element: String?) {
        if text.contains(">") && element != "style" { problems.append("a bare >") }
        let bare = text.replacing(/&(amp|lt|gt|quot|#39|#58|#61);/, with: "")
        if bare.contains("&") { problems.append("a bare &") }
    }
}
