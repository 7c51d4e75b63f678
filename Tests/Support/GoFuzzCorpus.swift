// SPDX-License-Identifier: Apache-2.0

/// Inputs kept as text by Go's fuzzer: a version line, then `[]byte("…")` with Go's escapes.
public enum GoFuzzCorpus {
    /// The bytes inside, or `nil` if the file is no such text.
    public static func unwrap(_ file: [UInt8]) -> [UInt8]? {
        let start = Array("go test fuzz v1\n[]byte(\"".utf8)
        guard file.starts(with: start) else { return nil }
        var bytes: [UInt8] = []
        var rest = file[start.count...]
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let escaped = escape(&rest) else { return nil }
            bytes += escaped
        }
        return bytes
    }

    private static let letters: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10,
        UInt8(ascii: "v"): 11, UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13,
        UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27,
    ]

    /// What follows a backslash.
    private static func escape(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let letter = rest.popFirst() else { return nil }
        if let byte = letters[letter] { return [byte] }
        switch letter {
        case UInt8(ascii: "x"): return number(&rest, 2).map { [UInt8(truncatingIfNeeded: $0)] }
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            return number(&rest, letter == UInt8(ascii: "u") ? 4 : 8)
                .flatMap(Unicode.Scalar.init).map { Array(String($0).utf8) }
        default: return nil
        }
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ digits: Int) -> UInt32? {
        let text = String(decoding: rest.prefix(digits), as: UTF8.self)
        rest = rest.dropFirst(digits)
        return UInt32(text, radix: 16)
    }
}
