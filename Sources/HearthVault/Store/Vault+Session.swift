// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The session: the master key kept for some minutes in the kernel's memory, if the person asks for it.
extension Vault {
    /// Keeps the vault's key for `seconds`, 1 to 3600, so that commands of this user need no secret.
    ///
    /// - Throws: `refused` where the system has no keyring.
    public func beginSession(seconds: Int) throws(VaultError) {
        do {
            try SessionKeyring.put(
                keys.master, name: Self.sessionName(identifier), seconds: seconds)
        } catch { throw VaultError(session: error) }
    }

    /// Ends the session of a vault; false if there was none.
    ///
    /// - Throws: `noVault`, `refused` where the system has no keyring.
    @discardableResult
    public static func endSession(at location: VaultLocation) throws(VaultError) -> Bool {
        guard let identifier = try identifier(at: location) else {
            throw VaultError(.noVault, "there is no vault in this folder")
        }
        do { return try SessionKeyring.end(name: sessionName(identifier)) } catch {
            throw VaultError(session: error)
        }
    }

    /// What opens the vault without asking, if a session is on; nil where there is none or no keyring.
    public static func sessionCredential(at location: VaultLocation) throws(VaultError)
        -> Credential?
    {
        guard let identifier = try identifier(at: location) else { return nil }
        do {
            try HearthCrypto.start()
            guard let key = try SessionKeyring.get(name: sessionName(identifier), count: 32) else {
                return nil
            }
            var credential = Credential()
            credential.sessionKey = HeldSecret(key)
            return credential
        } catch { return nil }
    }

    private static func sessionName(_ identifier: String) -> String { "hearth:\(identifier)" }
}

extension VaultError {
    fileprivate init(session error: CryptoError) {
        self.init(.refused, error.message, cause: error)
    }
}
