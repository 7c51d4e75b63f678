// SPDX-License-Identifier: Apache-2.0

/// The numbers of a small JSON object in a cell: its own, and those of the objects in its lists.
struct FlatObject: Sendable {
    private(set) var numbers: [String: Double] = [:]
    /// Objects inside the list ``itemKey``, in order.
    private(set) var items: [[String: Double]] = []
    private(set) var hasTooManyItems = false

    /// A night has a few hundred stages.
    private static let mostItems = 4096
    private static let mostKeys = 256

    /// - Parameter itemKey: the list whose objects are kept.
    /// - Returns: `nil` if the text is no JSON object.
    init?(_ text: [UInt8], itemKey: String = "items", limits: ReadLimits = .standard) {
        guard text.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return nil }
        var tokenizer = JSONTokenizer(limits: limits)
        var index = 0
        var key = ""
        var isInItems = false
        do throws(JSONProblem) {
            while let token = try tokenizer.next(text.span, &index) {
                let depth = tokenizer.depth
                switch token {
                case .key:
                    key = String(decoding: tokenizer.text.prefix(64), as: UTF8.self)
                    if depth == 1 { isInItems = key == itemKey }
                case .beginObject where depth == 3 && isInItems:
                    if items.count < Self.mostItems {
                        items.append([:])
                    } else {
                        hasTooManyItems = true
                    }
                case .number:
                    keep(tokenizer.text, key, depth, isInItems)
                default: break
                }
            }
            guard tokenizer.isComplete, index == text.count else { return nil }
        } catch {
            return nil
        }
    }

    private mutating func keep(_ text: [UInt8], _ key: String, _ depth: Int, _ isInItems: Bool) {
        guard let number = DecimalNumber.parse(text.span, 0..<text.count) else { return }
        if depth == 1, numbers.count < Self.mostKeys {
            numbers[key] = number
        } else if depth == 3, isInItems, !hasTooManyItems, let last = items.indices.last,
            items[last].count < Self.mostKeys
        {
            items[last][key] = number
        }
    }

    /// A whole number of seconds since 1970; milliseconds are told by their size.
    static func seconds(_ number: Double?) -> Int64? {
        guard let number, number >= 0, number < 1e15 else { return nil }
        return Int64(number >= 1e11 ? number / 1000 : number)
    }
}
