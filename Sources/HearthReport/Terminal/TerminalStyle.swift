// SPDX-License-Identifier: Apache-2.0

/// How a terminal report looks; the command derives it from the terminal and `NO_COLOR`.
public struct TerminalStyle: Sendable, Hashable {
    /// Colour and bold through SGR sequences; without it the text holds no escape at all.
    public var colour: Bool
    /// Block glyphs and typographic signs; without it every byte is ASCII.
    public var unicode: Bool
    /// Columns, at least 40.
    public var width: Int
    /// Lines below the report, such as where the audit log stands, in words.
    public var footer: [String]

    public init(
        colour: Bool = false, unicode: Bool = true, width: Int = 80, footer: [String] = []
    ) {
        self.colour = colour
        self.unicode = unicode
        self.width = max(40, width)
        self.footer = footer
    }
}
