// SPDX-License-Identifier: Apache-2.0

/// Text from files made safe to show: names of devices and people may hold anything, also terminal
/// commands and characters that turn the writing direction around.
public enum SafeText {
    /// Longest text shown in one piece; a name longer than this is an attack or a mistake.
    static let maximumCharacters = 2000

    /// One line without control, formatting or line-breaking characters.
    ///
    /// White space becomes one blank; anything that could steer a terminal or reorder text becomes
    /// U+FFFD, so that its presence is seen.
    public static func clean(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(maximumCharacters) {
            if isBlank(scalar) {
                if result.last != " " { result.append(" ") }
            } else if isHarmful(scalar) {
                if result.last != "\u{FFFD}" { result.append("\u{FFFD}") }
            } else {
                result.append(scalar)
            }
        }
        while result.last == " " { result.removeLast() }
        return String(result)
    }

    /// The same text in ASCII, with the typographic characters of our own sentences spelled out.
    static func ascii(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch scalar {
            case "–", "—", "−", "‐", "‑": result += "-"
            case "…": result += "..."
            case "→": result += "->"
            case "°": break
            case "µ", "μ": result += "u"
            case "²": result += "2"
            case "×": result += "x"
            case "≥": result += ">="
            case "≤": result += "<="
            case "±": result += "+/-"
            case "·", "•": result += "|"
            case "‘", "’": result += "'"
            case "“", "”": result += "\""
            case "▲": result += "^"
            case "▼": result += "v"
            default: result += "?"
            }
        }
        return result
    }

    /// Columns the text takes on a terminal: 0 for marks, 2 for wide characters, 1 otherwise.
    static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + width($1) }
    }

    /// At most `limit` columns; a text that is cut ends in `mark`, an ellipsis or its stand-in.
    static func truncate(_ text: String, to limit: Int, mark: Character) -> String {
        guard width(text) > limit else { return text }
        var result = ""
        var used = 0
        for character in text {
            let next = width(character)
            if used + next > limit - 1 { break }
            result.append(character)
            used += next
        }
        return limit > 0 ? result + String(mark) : ""
    }

    /// Lines of at most `limit` columns, broken at blanks where there are any; at most `lines`, the
    /// last of which ends in `mark` if text was left over.
    static func wrap(
        _ text: String, to limit: Int, lines: Int, mark: Character
    ) -> [String] {
        let width = max(limit, 8)
        var result: [String] = []
        var line = ""
        var isCut = false
        for word in text.split(separator: " ").map(String.init) {
            let candidate = line.isEmpty ? word : line + " " + word
            if Self.width(candidate) <= width {
                line = candidate
                continue
            }
            if !line.isEmpty { result.append(line) }
            if result.count >= lines {
                isCut = true
                line = ""
                break
            }
            line = truncate(word, to: width, mark: mark)
        }
        if !line.isEmpty { result.append(line) }
        if result.count > lines { isCut = true }
        result = Array(result.prefix(lines))
        if isCut, let last = result.popLast() {
            result.append(truncate(last + "  ", to: min(width, Self.width(last) + 1), mark: mark))
        }
        return result
    }

    private static func width(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.properties.generalCategory == .nonspacingMark { return 0 }
        if first.properties.isEmojiPresentation { return 2 }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
            0x20000...0x3FFFD:
            return 2
        default:
            return character.unicodeScalars.contains("\u{FE0F}") ? 2 : 1
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        // The joiner and the variation selector are part of ordinary emoji and scripts.
        if scalar == "\u{200D}" || scalar == "\u{200C}" { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
            .unassigned:
            return true
        default:
            return false
        }
    }
}
