// SPDX-License-Identifier: Apache-2.0
import HearthVault

/// A key slot in words.
enum KeySlotText {
    static func describe(_ slot: KeySlotInfo) -> String {
        guard slot.opsLimit > 0 else { return name(slot.factor) }
        let chosen = slot.keepsWork ? ", as chosen" : ""
        return
            "\(name(slot.factor)) (Argon2id, \(slot.memLimit >> 20) MiB, "
            + "\(slot.opsLimit) passes\(chosen))"
    }

    static func name(_ factor: KeyFactor) -> String {
        switch factor {
        case .passphrase: "passphrase"
        case .recoveryCode: "recovery code"
        case .keyFile: "key file"
        case .passphraseAndKeyFile: "passphrase and key file together"
        }
    }
}
