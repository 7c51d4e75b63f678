// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthInference
import HearthReport

/// Model bundles in words. Texts of a card are signed, and cleaned for the terminal all the same.
enum ModelText {
    static func table(of bundles: [CheckedBundle]) -> String {
        var table = TextTable(
            ["file", "model", "version", "number", "bytes", "state"], rightAligned: [3, 4])
        for checked in bundles {
            if let bundle = checked.bundle {
                let manifest = bundle.manifest
                table.add([
                    checked.name, manifest.model, manifest.version, "\(manifest.sequence)",
                    "\(checked.size)", "sound",
                ])
            } else {
                let check = checked.refusal?.check.rawValue ?? ""
                table.add([checked.name, "-", "-", "-", "\(checked.size)", "refused: \(check)"])
            }
        }
        return table.text
    }

    static func checks(of checked: CheckedBundle) -> String {
        var table = TextTable(["check", "verdict"])
        for (check, verdict) in checked.checks { table.add([check.rawValue, verdict]) }
        var lines = [SafeText.clean(checked.name), table.text]
        if let bundle = checked.bundle {
            lines.append("sound; signed by \(bundle.signers.joined(separator: ", "))")
            lines.append("SHA-256 \(bundle.digest)")
        } else {
            lines.append("refused")
        }
        return lines.joined(separator: "\n")
    }

    static func card(of bundle: ModelBundle) -> String {
        let manifest = bundle.manifest
        let card = bundle.card
        var lines = [
            SafeText.clean(card.title),
            "\(manifest.model) \(manifest.version), number \(manifest.sequence)",
        ]
        lines += section("Intended use", card.intendedUse)
        lines += section("Data", card.data + [trainingLine(manifest)])
        lines += section(
            "Measured error",
            card.measuredError.map { "\($0.measure): \($0.value) (\($0.population))" })
        lines += section("Limits", card.limits)
        lines += section("Inputs, from the most wanted", manifest.variants.map(variantLine))
        lines += section("Bundle", facts(bundle))
        return lines.joined(separator: "\n")
    }

    private static func section(_ title: String, _ texts: [String]) -> [String] {
        ["", title] + texts.map { "  \(SafeText.clean($0))" }
    }

    private static func trainingLine(_ manifest: BundleManifest) -> String {
        "Trained on: \(manifest.trainingData) Subjects named by digest: "
            + "\(manifest.trainingSubjects.count)."
    }

    private static func variantLine(_ variant: BundleManifest.Variant) -> String {
        let files = variant.files.map { "\($0.use) \($0.file)" }.joined(separator: ", ")
        return "\(variant.name): \(variant.inputs.joined(separator: " + ")) (\(files))"
    }

    private static func facts(_ bundle: ModelBundle) -> [String] {
        let manifest = bundle.manifest
        let expiry = manifest.expires.map { "\(WallClock.text($0, in: ZoneTimeline())) UTC" }
        return [
            "epochs of \(manifest.epochSeconds) s: \(manifest.labels.joined(separator: ", "))",
            "features: \(manifest.featureSchema)",
            "engine: \(manifest.minimumEngine) or later",
            "expires: \(expiry ?? "never")",
            "signed by: \(bundle.signers.joined(separator: ", "))",
            "SHA-256: \(bundle.digest)",
        ]
    }
}
