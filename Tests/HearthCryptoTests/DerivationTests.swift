// SPDX-License-Identifier: Apache-2.0

import HearthCrypto
import Testing

@Suite struct Argon2idTests {
    let salt: [UInt8] = (0..<16).map { $0 }

    @Test func `the key is the one that the reference library derives`() throws {
        // argon2id_hash_raw(3, 65536, 1, …) of the reference implementation, libargon2 20171227.
        let key = try Argon2id.deriveKey(
            from: try secret("correct horse battery staple"), salt: salt, .minimum)
        #expect(
            hexText(key.revealed())
                == "0d1a3c6523c8f06e4e0af9c515aa5b5448cfebd6838f2d52c3d8b6ef8ddc3c2e")
    }

    @Test func `passphrase, salt and passes each change the key`() throws {
        var keys: Set<[UInt8]> = []
        let more = KDFParameters(opsLimit: 4, memLimit: 64 << 20)
        keys.insert(try derive("a", salt, .minimum))
        keys.insert(try derive("b", salt, .minimum))
        keys.insert(try derive("a", salt.reversed(), .minimum))
        keys.insert(try derive("a", salt, more))
        #expect(keys.count == 4)
        #expect(try derive("a", salt, more) == (try derive("a", salt, more)))
    }

    @Test(arguments: [
        KDFParameters(opsLimit: 3, memLimit: 1 << 40), KDFParameters(opsLimit: 3, memLimit: .max),
        KDFParameters(opsLimit: 1 << 60, memLimit: 64 << 20),
        KDFParameters(opsLimit: 17, memLimit: 64 << 20),
        KDFParameters(opsLimit: 3, memLimit: (2 << 30) + 1),
        KDFParameters(opsLimit: 2, memLimit: 64 << 20),
        KDFParameters(opsLimit: 3, memLimit: (64 << 20) - 1),
        KDFParameters(opsLimit: 0, memLimit: 0),
    ]) func `hostile parameters are refused before any work`(parameters: KDFParameters) throws {
        #expect(!parameters.isAcceptable)
        let passphrase = try secret("a")
        let clock = ContinuousClock()
        var refused: CryptoErrorCode?
        // The best of three, as the machine may be busy with something else.
        let spent = (0..<3).map { _ in
            clock.measure {
                refused = code { () throws(CryptoError) in
                    _ = try Argon2id.deriveKey(from: passphrase, salt: salt, parameters)
                }
            }
        }
        #expect(refused == .kdfParametersRefused)
        #expect(spent.min().map { $0 < .milliseconds(10) } == true)
    }

    @Test func `the bounds themselves and the presets are accepted`() {
        #expect(KDFParameters.minimum.isAcceptable)
        #expect(KDFParameters.standard.isAcceptable)
        #expect(KDFParameters.strong.isAcceptable)
        #expect(KDFParameters(opsLimit: 16, memLimit: 2 << 30).isAcceptable)
    }

    @Test func `a salt of another length is refused`() throws {
        let passphrase = try secret("a")
        for count in [0, 15, 17] {
            let refused = code { () throws(CryptoError) in
                _ = try Argon2id.deriveKey(
                    from: passphrase, salt: Array(repeating: 1, count: count), .minimum)
            }
            #expect(refused == .damagedInput)
        }
    }

    private func derive(
        _ text: String, _ salt: [UInt8], _ parameters: KDFParameters
    ) throws -> [UInt8] {
        try Argon2id.deriveKey(from: try secret(text), salt: salt, parameters).revealed()
    }
}

@Suite struct SubkeyDerivationTests {
    let master: [UInt8] = (0..<32).map { $0 }

    @Test func `subkeys are BLAKE2b with number as salt and context as personalisation`() throws {
        // Made with the hashlib module of Python.
        let master = try secret(master)
        let seven = try SubkeyDerivation.subkey(of: master, id: 7, context: "hearthix")
        #expect(
            hexText(seven.revealed())
                == "13b620dc4ce6409400ca4efdae4f232821318d90c156c4b32443584578cb2ab0")
        let last = try SubkeyDerivation.subkey(
            of: master, id: .max, context: "hearthix", length: 64)
        #expect(
            hexText(last.revealed())
                == "7f7ee7924dd49c45e94270f764b3938f6d2ed36ceadb23efeeab42d4dcf1d21f"
                + "d5a5ffc3feab1398fbe8364980e5904b40c7fc0aeae146062f78613c708f5906")
    }

    @Test func `number and context each change the subkey`() throws {
        let master = try secret(master)
        var keys: Set<[UInt8]> = []
        for id in UInt64(0)..<4 {
            for context in ["hearth/a", "hearth/b"] {
                let subkey = try SubkeyDerivation.subkey(of: master, id: id, context: context)
                keys.insert(subkey.revealed())
            }
        }
        #expect(keys.count == 8)
    }

    @Test func `a master key of another length is refused`() throws {
        let short = try SecretBytes.random(31)
        let refused = code { () throws(CryptoError) in
            _ = try SubkeyDerivation.subkey(of: short, id: 1, context: "hearthix")
        }
        #expect(refused == .damagedInput)
    }
}
