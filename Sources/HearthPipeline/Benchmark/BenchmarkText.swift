// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthModels

/// Figures of a benchmark as text; what is undefined is a hyphen.
enum BenchmarkText {
    static func fixed(_ value: Double, _ digits: Int) -> String {
        let text = String(format: "%.\(digits)f", value)
        // No minus in front of zeros.
        return text.hasPrefix("-") && text.utf8.allSatisfy { "-0.".utf8.contains($0) }
            ? String(text.dropFirst()) : text
    }

    static func share(_ value: Double?) -> String { value.map { fixed($0, 3) } ?? "-" }

    static func signed(_ value: Double) -> String {
        let text = fixed(value, 1)
        return value > 0 && text != "0.0" ? "+" + text : text
    }

    static func percent(_ part: Int, of whole: Int) -> String {
        whole > 0 ? fixed(100 * Double(part) / Double(whole), 1) + " %" : "-"
    }

    /// Mean and, in brackets, standard deviation.
    static func spread(_ spread: Spread?) -> String {
        guard let spread else { return "-" }
        let deviation = spread.standardDeviation.map { " (\(fixed($0, 3)))" } ?? ""
        return fixed(spread.mean, 3) + deviation
    }

    /// Bias and, in brackets, limits of agreement.
    static func agreement(_ agreement: SleepTimeAgreement?) -> String {
        guard let agreement else { return "-" }
        let limits = agreement.limits.map {
            " (\(signed($0.lowerBound)) to \(signed($0.upperBound)))"
        }
        return signed(agreement.bias) + (limits ?? "")
    }
}
