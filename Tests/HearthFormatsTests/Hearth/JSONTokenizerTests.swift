// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct JSONTokenizerTests {
    private struct Seen: Equatable {
        var tokens: [JSONToken] = []
        var texts: [String] = []
        var problem: JSONProblem?
        var offset = 0
    }

    private func tokens(_ bytes: [UInt8], step: Int? = nil, limits: ReadLimits = .standard) -> Seen
    {
        var tokenizer = JSONTokenizer(limits: limits)
        var seen = Seen()
        func note(_ token: JSONToken) {
            seen.tokens.append(token)
            if [.key, .string, .number].contains(token) {
                seen.texts.append(String(decoding: tokenizer.text, as: UTF8.self))
            }
        }
        do throws(JSONProblem) {
            var start = 0
            while start < bytes.count {
                let piece = Array(bytes[start..<min(bytes.count, start + (step ?? bytes.count))])
                var index = 0
                defer { seen.offset = start + index }
                while let token = try tokenizer.next(piece.span, &index) { note(token) }
                start += piece.count
            }
            if let last = try tokenizer.finish() { note(last) }
        } catch {
            seen.problem = error
        }
        return seen
    }

    private func seen(_ text: String, limits: ReadLimits = .standard) -> Seen {
        let bytes = Array(text.utf8)
        let whole = tokens(bytes, limits: limits)
        for step in 1...3 {
            let pieces = tokens(bytes, step: step, limits: limits)
            #expect(pieces.tokens == whole.tokens)
            #expect(pieces.texts == whole.texts)
            #expect(pieces.problem == whole.problem)
        }
        return whole
    }

    @Test func `an object gives its keys and values in order`() {
        let seen = seen(#"{"a":[1,-2.5e3,true,false,null],"b":{"c":""}}"#)
        #expect(
            seen.tokens == [
                .beginObject, .key, .beginArray, .number, .number, .yes, .no, .null, .endArray,
                .key, .beginObject, .key, .string, .endObject, .endObject,
            ])
        #expect(seen.texts == ["a", "1", "-2.5e3", "b", "c", ""])
        #expect(seen.problem == nil)
    }

    @Test func `escapes become the characters they stand for`() {
        #expect(seen(#""\"\\\/\b\f\n\r\té\uD83D\uDC93x""#).texts == ["\"\\/\u{8}\u{C}\n\r\té💓x"])
        #expect(seen(#""\uD83D""#).texts == ["\u{FFFD}"])
        #expect(seen(#""\uD83Dx\uDC93\uD83D\n""#).texts == ["\u{FFFD}x\u{FFFD}\u{FFFD}\n"])
    }

    @Test(arguments: [
        "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "[1 2]", "{a:1}", "tru", "trux", "01", "1.", "\"a",
        "\"\u{1}\"", "\"\\x\"", "\"\\u12G4\"", "[}", "{]", "1 2", "]", "", "//", "[1]]", "nul",
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(seen(text).problem != nil)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xFF], [0xC3, 0x28], [0xC3],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
        #expect(tokens([0x22] + bytes + [0x22]).problem?.code == .encoding)
    }

    @Test func `nesting and texts have limits`() {
        var limits = ReadLimits()
        limits.depth = 3
        limits.fieldBytes = 4
        #expect(seen("[[[1]]]", limits: limits).problem == nil)
        #expect(seen("[[[[1]]]]", limits: limits).problem?.code == .limitExceeded)
        #expect(seen("\"1234\"", limits: limits).problem == nil)
        #expect(seen("\"12345\"", limits: limits).problem?.code == .limitExceeded)
        #expect(seen("12345", limits: limits).problem?.code == .limitExceeded)
        #expect(seen(String(repeating: "[", count: 100_000)).problem?.code == .limitExceeded)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `mutated JSON is accepted exactly when Foundation accepts it`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let sound = Array(#"{"a":[1,-2.5e3,true,null,"xé\n"],"b":{"c":"é"},"d":0}"#.utf8)
        for _ in 0..<500 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                    sound[Int.random(in: 0..<sound.count, using: &random)]
            }
            let ours = tokens(bytes).problem == nil
            let theirs =
                (try? JSONSerialization.jsonObject(
                    with: Data(bytes), options: [.fragmentsAllowed])) != nil
            // Foundation refuses to keep the same key twice apart; nothing else may differ.
            #expect(ours == theirs, "\(String(decoding: bytes, as: UTF8.self)), seed \(seed)")
        }
    }
}
