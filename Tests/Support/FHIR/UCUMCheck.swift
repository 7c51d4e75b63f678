// SPDX-License-Identifier: Apache-2.0

/// Whether a text is a unit of UCUM, as far as units of the body go: terms of the case-sensitive
/// grammar, with the atoms and prefixes of the standard that measure what wearables measure.
public enum UCUMCheck {
    private static let metric: Set<String> = [
        "m", "s", "g", "K", "Hz", "N", "Pa", "J", "W", "A", "V", "Ohm", "S", "L", "l", "cal", "mol",
        "lx", "lm", "cd", "C", "F", "T", "Bq", "Cel", "B", "bar", "eq",
    ]
    private static let plain: Set<String> = [
        "%", "min", "h", "d", "wk", "mo", "a", "deg", "rad", "[g]", "[degF]", "[lb_av]", "[in_i]",
        "[ft_i]", "[mi_i]", "[pH]", "[iU]", "mm[Hg]", "cm[H2O]",
    ]
    private static let prefixes: Set<String> = [
        "Y", "Z", "E", "P", "T", "G", "M", "k", "h", "da", "d", "c", "m", "u", "n", "p", "f", "a",
    ]

    public static func isUnit(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return false
        }
        var rest = Substring(text)
        if rest.first == "/" { rest.removeFirst() }
        return term(&rest) && rest.isEmpty
    }

    /// Components joined by `.` and `/`.
    private static func term(_ rest: inout Substring) -> Bool {
        guard component(&rest) else { return false }
        while let next = rest.first, next == "." || next == "/" {
            rest.removeFirst()
            guard component(&rest) else { return false }
        }
        return true
    }

    private static func component(_ rest: inout Substring) -> Bool {
        if rest.first == "(" {
            rest.removeFirst()
            guard term(&rest), rest.first == ")" else { return false }
            rest.removeFirst()
            return true
        }
        if rest.first == "{" { return annotation(&rest) }
        var depth = 0
        let end =
            rest.firstIndex { character in
                if character == "[" { depth += 1 }
                if character == "]" { depth -= 1 }
                return depth == 0 && "./(){}".contains(character)
            } ?? rest.endIndex
        let simple = rest[..<end]
        rest = rest[end...]
        guard isSimple(simple) else { return false }
        return rest.first == "{" ? annotation(&rest) : true
    }

    private static func annotation(_ rest: inout Substring) -> Bool {
        guard let end = rest.firstIndex(of: "}"), end > rest.index(after: rest.startIndex) else {
            return false
        }
        rest = rest[rest.index(after: end)...]
        return true
    }

    /// A whole number, or an atom with a prefix and an exponent if wanted.
    private static func isSimple(_ text: Substring) -> Bool {
        if !text.isEmpty, text.allSatisfy(\.isNumber) { return true }
        var atom = text
        while let last = atom.last, last.isNumber { atom.removeLast() }
        if atom.count < text.count, let sign = atom.last, "+-".contains(sign) { atom.removeLast() }
        if plain.contains(String(atom)) || metric.contains(String(atom)) { return true }
        return prefixes.contains {
            atom.hasPrefix($0) && metric.contains(String(atom.dropFirst($0.count)))
        }
    }
}
