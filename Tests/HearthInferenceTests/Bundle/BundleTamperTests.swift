// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthInference

/// Whatever is changed in a bundle, it is refused, and the refusal names the check.
@Suite struct BundleTamperTests {
    @Test func `every changed byte is refused`() throws {
        let sound = try BundleFixture().bytes()
        #expect(refusal(sound) == nil)
        var accepted: [String] = []
        var checks: Set<BundleRefusal.Check> = []
        for place in sound.indices {
            for mask: UInt8 in [0x01, 0x20, 0x80] {
                var changed = sound
                changed[place] ^= mask
                if let check = refusal(changed) {
                    checks.insert(check)
                } else {
                    accepted.append("byte \(place) ^ \(mask)")
                }
            }
        }
        #expect(accepted == [])
        // Behind a sound signature nothing can be wrong but what it covers by digest.
        #expect(checks == [.container, .envelope, .signature, .entries])
    }

    @Test func `every truncation and every addition is refused as a fault of the container`() throws
    {
        let sound = try BundleFixture().bytes()
        for count in 0..<sound.count {
            #expect(refusal(Array(sound.prefix(count))) == .container, "\(count) bytes")
        }
        #expect(refusal(sound + [0]) == .container)
        #expect(refusal(sound + sound) == .container)
    }

    @Test func `two entries that changed places are refused`() throws {
        let sound = BundleFixture()
        for first in sound.entries.indices {
            for second in sound.entries.indices where second > first {
                var names = sound
                names.entries.swapAt(first, second)
                #expect(refusal(try names.bytes()) == .container, "\(first), \(second)")
                var contents = sound
                contents.entries[first].bytes = sound.entries[second].bytes
                contents.entries[second].bytes = sound.entries[first].bytes
                #expect(refusal(try contents.bytes()) == .entries, "\(first), \(second)")
            }
        }
    }

    @Test func `an entry dropped, added, renamed, emptied, cut or grown is refused`() throws {
        let sound = BundleFixture()
        for index in sound.entries.indices {
            let name = sound.entries[index].name
            var dropped = sound
            dropped.entries.remove(at: index)
            #expect(refusal(try dropped.bytes()) == .entries, "\(name)")
            for bytes in [
                [], Array(sound.entries[index].bytes.dropLast()), sound.entries[index].bytes + [0],
            ] {
                var changed = sound
                changed.entries[index].bytes = bytes
                #expect(refusal(try changed.bytes()) == .entries, "\(name)")
            }
            var renamed = sound
            renamed.entries[index].name += "x"
            #expect(refusal(try renamed.bytes()) == .entries, "\(name)")
        }
        for name in ["aaa", "zzz", "night.onnx.bak"] {
            var added = sound
            added.entries.append((name, [1]))
            added.entries.sort { $0.name < $1.name }
            #expect(refusal(try added.bytes()) == .entries, "\(name)")
        }
        var twice = sound
        twice.entries.insert(twice.entries[0], at: 0)
        #expect(refusal(try twice.bytes()) == .container)
    }

    @Test func `an envelope that is missing, behind or twice is refused`() throws {
        let sound = BundleFixture()
        let envelope = ("envelope.json", try sound.envelope())
        #expect(refusal(BundleFixture.join(sound.entries)) == .container)
        #expect(refusal(BundleFixture.join(sound.entries + [envelope])) == .container)
        #expect(
            refusal(BundleFixture.join([envelope, envelope] + sound.entries)) == .container)
        #expect(refusal(BundleFixture.join([envelope])) == .entries)
    }

    @Test func `a bundle whose parts come from two sound bundles is refused`() throws {
        let old = BundleFixture()
        var new = old
        new.entries[3].bytes = [9, 9, 9, 9, 9]
        new.listEntries()
        new.set("sequence", to: .integer(8))
        #expect(refusal(try new.bytes()) == nil)
        let mixed = BundleFixture.join([("envelope.json", try new.envelope())] + old.entries)
        #expect(refusal(mixed) == .entries)
        let back = BundleFixture.join([("envelope.json", try old.envelope())] + new.entries)
        #expect(refusal(back) == .entries)
    }

    @Test func `names that could leave a folder are refused`() throws {
        for name in ["../x", "a/b", ".hidden", "UPPER", "sp ace", "nul\0", "-x", "ä"] {
            var fixture = BundleFixture()
            fixture.entries.append((name, [1]))
            fixture.entries.sort { $0.name < $1.name }
            #expect(refusal(try fixture.bytes()) == .container, "\(name)")
        }
        var long = BundleFixture()
        long.entries.append((String(repeating: "z", count: 65), [1]))
        #expect(refusal(try long.bytes()) == .container)
    }

    @Test func `huge lengths and counts are refused without room being made`() throws {
        let sound = try BundleFixture().bytes()
        // Count of entries, length of the file, length of the first name and of the first entry.
        let fields = [(12, 4), (16, 8), (24, 2), (24 + 2 + 13, 4)]
        for (place, width) in fields {
            for value: UInt64 in [0, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, .max] {
                var changed = sound
                let bytes = BundleFixture.little(value, width)
                changed.replaceSubrange(place..<place + width, with: bytes)
                #expect(refusal(changed) == .container, "\(value) at \(place)")
            }
        }
        let many = (0..<70).map { (name: "e\($0 + 100)", bytes: [UInt8]()) }
        #expect(refusal(BundleFixture.join(many)) == .container)
        #expect(refusal([UInt8](repeating: 0, count: 16 << 20 | 1)) == .container)
        var version = sound
        version[8] = 2
        #expect(refusal(version) == .container)
    }

    @Test func `random damage in several places is refused`() throws {
        let sound = try BundleFixture().bytes()
        var random = SeededRandom(seed: 4)
        for _ in 0..<500 {
            var changed = sound
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                changed[Int.random(in: 0..<sound.count, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            #expect(changed == sound || refusal(changed) != nil)
        }
    }
}
