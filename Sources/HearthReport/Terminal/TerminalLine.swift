// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What a piece of a line means; colour is chosen from it.
enum TerminalTone: Equatable {
    case plain, strong, soft, good, warning, alert
    case stage(SleepStage)

    /// Parameters of the SGR sequence: the sixteen colours every terminal theme defines.
    var sgr: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .soft: "2"
        case .good: "32"
        case .warning: "33"
        case .alert: "1;31"
        case .stage(.wake): "33"
        case .stage(.rem): "35"
        case .stage(.deep): "34"
        case .stage(.light), .stage(.asleep): "36"
        case .stage: "2"
        }
    }
}

/// One line of a terminal report, as pieces of safe text with a meaning each.
struct TerminalLine {
    struct Piece {
        var text: String
        var tone: TerminalTone
    }

    private(set) var pieces: [Piece] = []

    static let blank = TerminalLine()

    init() {}

    init(_ text: String, _ tone: TerminalTone = .plain) {
        pieces = [Piece(text: text, tone: tone)]
    }

    var width: Int { pieces.reduce(0) { $0 + SafeText.width($1.text) } }

    mutating func add(_ text: String, _ tone: TerminalTone = .plain) {
        if let last = pieces.last, last.tone == tone {
            pieces[pieces.count - 1].text += text
        } else {
            pieces.append(Piece(text: text, tone: tone))
        }
    }

    /// Blanks up to `column`.
    mutating func fill(to column: Int) {
        let missing = column - width
        if missing > 0 { add(String(repeating: " ", count: missing)) }
    }

    /// Text that ends at `column`.
    mutating func addRight(_ text: String, endingAt column: Int, _ tone: TerminalTone = .plain) {
        fill(to: column - SafeText.width(text))
        add(text, tone)
    }

    func rendered(colour: Bool) -> String {
        var kept = pieces
        while let last = kept.last {
            let trimmed = String(last.text.reversed().drop { $0 == " " }.reversed())
            if trimmed.isEmpty {
                kept.removeLast()
            } else {
                kept[kept.count - 1].text = trimmed
                break
            }
        }
        return kept.map { piece in
            guard colour, let sgr = piece.tone.sgr else { return piece.text }
            return "\u{1B}[\(sgr)m\(piece.text)\u{1B}[0m"
        }.joined()
    }
}

/// A block of a terminal report whose items can be left out from the end.
struct TerminalSection {
    /// Shown whenever the section is.
    var heading: [TerminalLine] = []
    /// An item is one or more lines that stay together.
    var items: [[TerminalLine]] = []
    /// Shown after the items, such as a legend.
    var closing: [TerminalLine] = []
    /// Items that stay while other sections have some to spare.
    var keep = 1
    /// Items that stay until every section is down to its own.
    var floor = 0
    private(set) var hidden = 0

    var isEmpty: Bool { heading.isEmpty && items.isEmpty && closing.isEmpty }

    /// Whether leaving items out gains room: the line that counts them takes one itself.
    func canShrink(to kept: Int) -> Bool {
        let spare = items.count - kept
        guard spare > 0, let last = items.last else { return false }
        return hidden > 0 || spare > 1 || last.count > 1
    }

    func lines(_ hiddenNote: (Int) -> TerminalLine) -> [TerminalLine] {
        heading + items.flatMap { $0 } + (hidden > 0 ? [hiddenNote(hidden)] : []) + closing
    }

    var height: Int {
        heading.count + items.reduce(0) { $0 + $1.count } + (hidden > 0 ? 1 : 0) + closing.count
    }

    mutating func dropLastItem() {
        guard !items.isEmpty else { return }
        items.removeLast()
        hidden += 1
    }
}
