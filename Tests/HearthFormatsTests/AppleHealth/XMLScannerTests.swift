// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport
import Testing

@testable import HearthFormats

/// Notes what it is handed, as text.
private struct NotingHandler: XMLTagHandler {
    var log: [String] = []

    mutating func take(
        _ tag: XMLTag, _ attributes: borrowing XMLAttributes, in segment: Span<UInt8>
    ) throws(ReadError) {
        func text(_ range: Range<Int>) -> String {
            String(decoding: XMLEntities.expand(segment, range), as: UTF8.self)
        }
        var line = "\(tag.offset) \(tag.form) \(text(tag.name))"
        if tag.fault != .none { line += " \(tag.fault)" }
        for index in attributes.indices {
            line += " \(text(attributes[index].name))=\(text(attributes[index].value))"
        }
        let behind = text(min(tag.textStart, segment.count)..<segment.count)
        log.append(behind.isEmpty ? line : line + " | " + behind)
    }

    mutating func openMissingRoot(at offset: Int64) { log.append("\(offset) missing root") }

    mutating func takeStray(_ what: XMLStray, at offset: Int64) { log.append("\(offset) \(what)") }
}

@Suite struct XMLScannerTests {
    private func scan(_ text: String, cuts: [Int] = []) throws(ReadError) -> [String] {
        var scanner = XMLScanner(root: "r", rootChildren: ["k"], limits: .standard)
        var handler = NotingHandler()
        let bytes = Array(text.utf8)
        var start = 0
        for end in cuts + [bytes.count] where end > start {
            try scanner.read(bytes[start..<end].span, to: &handler)
            start = end
        }
        try scanner.finish(to: &handler)
        return handler.log
    }

    @Test func `tags come with their attributes and the text behind them`() throws {
        #expect(
            try scan("<?xml?><r a=\"1\" b='2\"'>x<k c=\"&lt;&#x41;&amp;\"/>y</r>\n") == [
                "7 open r a=1 b=2\" | x", "24 empty k c=<A& | y", "49 close r | \n",
            ])
    }

    @Test func `every cut gives the same`() throws {
        let text =
            "<!-- < --><!DOCTYPE r [<!ELEMENT k ANY>]><r><!-- <k> - -- > --><k a=\">\"/>"
            + "<![CDATA[<k>]]]><k b='\"'></k><k c=\"<d e><?p?></r>"
        let whole = try scan(text)
        #expect(whole.count == 8)
        for cut in 0...text.utf8.count { #expect(try scan(text, cuts: [cut]) == whole) }
        #expect(try scan(text, cuts: Array(1...text.utf8.count)) == whole)
    }

    @Test func `a child before the root opens it`() throws {
        #expect(try scan("<k/></r>") == ["0 missing root", "0 empty k", "4 close r"])
    }

    @Test func `faults are told with the form that is likely`() throws {
        #expect(
            try scan("<r><k a=\"1/><k a=\"1><k a='2'<k a=") == [
                "0 open r", "3 empty k unterminated", "12 open k unterminated",
                "20 open k unterminated a=2", "28 open k truncated",
            ])
    }

    @Test(arguments: [
        ("&lt;&gt;&amp;&quot;&apos;", "<>&\"'"), ("&#65;&#x42;&#X43;", "ABC"), ("&#x1F600;", "😀"),
        ("&nbsp;", "&nbsp;"), ("&", "&"), ("&;", "&;"), ("&#;", "&#;"), ("&#x;", "&#x;"),
        ("&#xD800;", "&#xD800;"), ("&#99999999;", "&#99999999;"), ("&amp;lt;", "&lt;"),
        ("&#x00000041;", "A"), ("&aaaaaaaaaaaaaaaaaaaaaaaaa;", "&aaaaaaaaaaaaaaaaaaaaaaaaa;"),
    ])
    func `only predefined and numeric entities are expanded`(text: String, expanded: String) {
        let bytes = Array(text.utf8)
        let result = XMLEntities.expand(bytes.span, 0..<bytes.count)
        #expect(String(decoding: result, as: UTF8.self) == expanded)
    }

    @Test func `searches stay inside their span`() {
        let bytes = Array("0123456789<".utf8)
        func first(_ byte: Character, from start: Int) -> Int {
            XMLByteSearch.first(byte.asciiValue ?? 0, in: bytes.span, from: start)
        }
        func word(_ index: Int) -> UInt64 { XMLByteSearch.word(bytes.span, at: index) }
        func equal(_ range: Range<Int>, _ text: StaticString) -> Bool {
            XMLByteSearch.equal(bytes.span, range, text)
        }
        func equal(_ range: Range<Int>, _ other: [UInt8], from start: Int) -> Bool {
            XMLByteSearch.equal(bytes.span, range, other, from: start)
        }
        #expect(first("<", from: 0) == 10)
        #expect(first("<", from: 11) == 11)
        #expect(first("0", from: -1) == 11)
        #expect(word(3) == 0x3C39_3837_3635_3433)
        #expect(word(9) == 0x3C39)
        #expect(word(11) == 0)
        #expect(word(-3) == 0)
        #expect(word(.max) == 0)
        #expect(!equal(9..<12, "9<x"))
        #expect(equal(9..<11, "9<"))
        #expect(equal(11..<11, ""))
        #expect(equal(1..<2, [0x30, 0x31], from: 1))
        #expect(!equal(0..<2, [0x30, 0x31], from: 1))
        #expect(!equal(0..<1, [0x30], from: -1))
        var target: [UInt8] = []
        XMLByteSearch.append(bytes.span, 9..<99, to: &target)
        #expect(target == Array("9<".utf8))
    }
}
