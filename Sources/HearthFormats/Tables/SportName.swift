// SPDX-License-Identifier: Apache-2.0

/// Names of sports as exports write them, as the sport codes of `workout` streams, which are FIT's.
enum SportName {
    /// 0 for a sport without a code of its own.
    static func code(_ name: String) -> Int {
        let name = name.lowercased()
        if let code = codes[name] { return code }
        return words.first { name.contains($0.0) }?.1 ?? 0
    }

    private static let codes: [String: Int] = [
        "running": 1, "run": 1, "biking": 2, "cycling": 2, "ride": 2, "other": 0, "hiit": 62,
        "yoga": 10, "pilates": 10, "weightlifting": 10, "powerlifting": 10, "gym": 10,
        "functional fitness": 10, "stretching": 10, "hiking/rucking": 17, "spin": 2,
        "soccer": 7, "tennis": 8, "basketball": 6, "golf": 25, "boxing": 47, "rowing": 15,
        "meditation": 67, "elliptical": 4, "stairmaster": 4, "elliptical trainer": 4,
        "multisport": 18, "triathlon": 18,
    ]

    /// Looked for inside longer names, in this order.
    private static let words: [(String, Int)] = [
        ("running", 1), ("treadmill", 1), ("cycling", 2), ("biking", 2), ("bike", 2),
        ("swim", 5), ("walk", 11), ("hiking", 17), ("cross country ski", 12), ("snowboard", 14),
        ("skiing", 13), ("rowing", 15), ("climbing", 31), ("kayak", 41), ("paddle", 19),
        ("surf", 38), ("sailing", 32), ("skating", 33), ("tennis", 8), ("badminton", 64),
        ("squash", 64), ("volleyball", 75), ("handball", 70), ("rugby", 72), ("hockey", 73),
        ("cricket", 71), ("dance", 83), ("jump rope", 84), ("strength", 10), ("training", 10),
        ("workout", 10), ("run", 1), ("ride", 2),
    ]
}
