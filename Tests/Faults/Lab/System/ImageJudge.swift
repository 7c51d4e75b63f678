// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import HearthVault

/// What is right at an instant of a record.
struct Instant {
    /// The last act that was acknowledged, and one that was under way.
    var done: CrashLog.Mark?
    var begun: CrashLog.Mark?

    var name: String { begun?.name ?? done.map { "after \($0.name)" } ?? "before all" }
}

/// Opens what a crash left behind, and says what is wrong with it.
struct ImageJudge {
    /// Verifying every pack too takes twice as long.
    var verifies: Bool
    var triesOldPassphrase: Bool

    /// What the opened vault held.
    struct Finding {
        var digest: UInt64 = 0
        /// The number of the passphrase that opened it; nil if there is no vault.
        var passphrase: Int?
        var problem: String?
    }

    func judge(_ location: VaultLocation, at instant: Instant) -> Finding {
        let done = instant.done
        guard Vault.exists(at: location) else {
            return Finding(problem: done == nil ? nil : "there is no vault any more")
        }
        if done != nil, !hasAnchor(location) { return Finding(problem: "the anchor is gone") }
        do {
            if triesOldPassphrase, let done, done.passphrase > 0,
                let problem = try openWithOld(location, done.passphrase - 1)
            {
                return Finding(problem: problem)
            }
            var passphrases = Set([instant.begun, done].compactMap { $0?.passphrase })
            if passphrases.isEmpty { passphrases = [0] }
            return try judge(location, instant, passphrases.sorted(by: >))
        } catch let error as VaultError {
            return Finding(problem: error.description)
        } catch {
            return Finding(problem: "an error of another kind: \(error)")
        }
    }

    private func judge(
        _ location: VaultLocation, _ instant: Instant, _ passphrases: [Int]
    ) throws -> Finding {
        var finding = Finding()
        var refusal: VaultError?
        for passphrase in passphrases {
            let vault: Vault
            let secret = try ActingVault.secret(passphrase)
            do { vault = try Vault.open(at: location, with: secret) } catch {
                guard error.code == .wrongPassphrase else { throw error }
                refusal = error
                continue
            }
            defer { vault.close() }
            finding.passphrase = passphrase
            finding.digest = try ExpectedContents(reading: vault).digest
            let right = [instant.begun, instant.done].compactMap { $0?.digest }
            let isNew = instant.done == nil && finding.digest == ContentSum().value
            if !right.contains(finding.digest), !isNew {
                finding.problem = "it holds neither what was acknowledged nor what was under way"
            }
            if try vault.auditTrail().count < instant.done?.audit ?? 0 {
                finding.problem = "a line of the audit log is lost"
            }
            if verifies, let problem = try vault.verify().problems.first {
                finding.problem = "verify: \(problem)"
            }
            return finding
        }
        finding.problem = refusal?.description
        return finding
    }

    /// What was said of a passphrase that was replaced has to hold too.
    private func openWithOld(_ location: VaultLocation, _ passphrase: Int) throws -> String? {
        let secret = try ActingVault.secret(passphrase)
        do {
            try Vault.open(at: location, with: secret).close()
            return "a passphrase that was replaced opens it"
        } catch {
            guard error.code == .wrongPassphrase else { throw error }
            return nil
        }
    }

    private func hasAnchor(_ location: VaultLocation) -> Bool {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: location.state)) ?? []
        return folders.contains {
            FileManager.default.fileExists(atPath: "\(location.state)/\($0)/anchor")
        }
    }
}
