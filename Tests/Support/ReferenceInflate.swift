// SPDX-License-Identifier: Apache-2.0

/// Inflates raw deflate data (RFC 1951) the slow and obvious way: one bit at a time.
public func referenceInflate(_ bytes: [UInt8]) -> [UInt8]? {
    var source = ReferenceBits(bytes)
    var output: [UInt8] = []
    while true {
        guard let isLast = source.take(1), let kind = source.take(2) else { return nil }
        switch kind {
        case 0:
            source.align()
            guard let count = source.take(16), let check = source.take(16), count == ~check & 0xFFFF
            else { return nil }
            for _ in 0..<count {
                guard let byte = source.take(8) else { return nil }
                output.append(UInt8(byte))
            }
        case 1:
            let lengths =
                (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
            let distances = Array(repeating: 5, count: 30)
            guard copy(&source, &output, lengths, distances) else { return nil }
        case 2:
            guard let (lengths, distances) = codes(&source),
                copy(&source, &output, lengths, distances)
            else { return nil }
        default: return nil
        }
        if isLast == 1 { return output }
    }
}

private struct ReferenceBits {
    let bytes: [UInt8]
    var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func take(_ count: Int) -> Int? {
        guard place + count <= bytes.count * 8 else { return nil }
        var value = 0
        for bit in 0..<count {
            let at = place + bit
            value |= (Int(bytes[at / 8]) >> (at % 8) & 1) << bit
        }
        place += count
        return value
    }

    mutating func align() { place = (place + 7) / 8 * 8 }

    /// The symbol of the next code.
    mutating func symbol(_ table: [ReferenceCode: Int]) -> Int? {
        var code = ReferenceCode(length: 0, bits: 0)
        while code.length < 15 {
            guard let bit = take(1) else { return nil }
            code = ReferenceCode(length: code.length + 1, bits: code.bits << 1 | bit)
            if let symbol = table[code] { return symbol }
        }
        return nil
    }
}

private struct ReferenceCode: Hashable {
    var length: Int
    var bits: Int
}

/// Codes of one length are consecutive, in order of their symbols.
private func table(_ lengths: [Int]) -> [ReferenceCode: Int] {
    var table: [ReferenceCode: Int] = [:]
    var next = 0
    for length in 1...15 {
        next <<= 1
        for (symbol, own) in lengths.enumerated() where own == length {
            table[ReferenceCode(length: length, bits: next)] = symbol
            next += 1
        }
    }
    return table
}

private func codes(_ source: inout ReferenceBits) -> ([Int], [Int])? {
    guard let literals = source.take(5), let distances = source.take(5), let count = source.take(4)
    else { return nil }
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    var first = Array(repeating: 0, count: 19)
    for index in 0..<count + 4 {
        guard let length = source.take(3) else { return nil }
        first[order[index]] = length
    }
    let outer = table(first)
    var lengths: [Int] = []
    while lengths.count < literals + 257 + distances + 1 {
        guard let symbol = source.symbol(outer) else { return nil }
        switch symbol {
        case 16:
            guard let last = lengths.last, let more = source.take(2) else { return nil }
            lengths += Array(repeating: last, count: 3 + more)
        case 17:
            guard let more = source.take(3) else { return nil }
            lengths += Array(repeating: 0, count: 3 + more)
        case 18:
            guard let more = source.take(7) else { return nil }
            lengths += Array(repeating: 0, count: 11 + more)
        default: lengths.append(symbol)
        }
    }
    return (Array(lengths[..<(literals + 257)]), Array(lengths[(literals + 257)...]))
}

private func copy(
    _ source: inout ReferenceBits, _ output: inout [UInt8], _ lengths: [Int], _ distances: [Int]
) -> Bool {
    let (literalTable, distanceTable) = (table(lengths), table(distances))
    while true {
        guard let symbol = source.symbol(literalTable) else { return false }
        if symbol == 256 { return true }
        if symbol < 256 {
            output.append(UInt8(symbol))
            continue
        }
        guard let length = length(symbol, &source),
            let code = source.symbol(distanceTable), let far = distance(code, &source),
            far <= output.count
        else { return false }
        for _ in 0..<length { output.append(output[output.count - far]) }
    }
}

private func length(_ symbol: Int, _ source: inout ReferenceBits) -> Int? {
    if symbol == 285 { return 258 }
    guard symbol < 285 else { return nil }
    if symbol < 265 { return symbol - 254 }
    let bits = (symbol - 261) / 4
    guard let extra = source.take(bits) else { return nil }
    return 3 + ((4 + (symbol - 261) % 4) << bits) + extra
}

private func distance(_ symbol: Int, _ source: inout ReferenceBits) -> Int? {
    if symbol < 4 { return symbol + 1 }
    let bits = symbol / 2 - 1
    guard symbol < 30, let extra = source.take(bits) else { return nil }
    return 1 + ((2 + symbol % 2) << bits) + extra
}
