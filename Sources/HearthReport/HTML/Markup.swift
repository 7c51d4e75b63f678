// SPDX-License-Identifier: Apache-2.0

/// A piece of HTML. Literals are trusted, everything interpolated is escaped: text from a file can
/// get into a document only as text.
struct Markup: ExpressibleByStringInterpolation {
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var html: String

        init(literalCapacity: Int, interpolationCount: Int) {
            html = ""
            html.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { html += literal }
        mutating func appendInterpolation(_ text: String) { html += Markup.escape(text) }
        /// A name from a file, cut to a length no honest name has.
        mutating func appendInterpolation(name: String) {
            html += Markup.escape(SafeText.truncate(SafeText.clean(name), to: 80, mark: "…"))
        }
        mutating func appendInterpolation(_ number: Int) { html += String(number) }
        mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
        mutating func appendInterpolation(_ list: [Markup]) {
            for markup in list { html += markup.html }
        }
        /// A coordinate: at most two places, whatever happened.
        mutating func appendInterpolation(at coordinate: Double) {
            html += Markup.coordinate(coordinate)
        }
    }

    let html: String

    static let none: Markup = ""

    /// For literals in the source only; anything else goes through interpolation.
    init(stringLiteral value: String) { html = value }
    init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

    /// Text as HTML, for content and for attributes in quotes.
    ///
    /// Beyond what HTML asks for, `=` and the colon of a scheme become references, so that a
    /// search of the document for addresses, scripts or handlers finds nothing, ever.
    static func escape(_ text: String) -> String {
        var result = ""
        let scalars = Array(SafeText.clean(text).unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "=": result += "&#61;"
            case ":" where isScheme(scalars, index): result += "&#58;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A letter before and no blank after, as in `javascript:alert`.
    private static func isScheme(_ scalars: [Unicode.Scalar], _ colon: Int) -> Bool {
        guard colon > 0, colon + 1 < scalars.count else { return false }
        return scalars[colon - 1].properties.isAlphabetic && scalars[colon + 1] != " "
    }

    private static func coordinate(_ value: Double) -> String {
        guard let digits = DecimalDigits(value), digits.exponent < 9 else { return "0" }
        return digits.rounded(to: 2).ecmaScript
    }
}
