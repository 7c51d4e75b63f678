// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport

func readFIT(_ bytes: [UInt8], cuts: [Int] = [], limits: ReadLimits = .standard) -> CollectingSink {
    readAll(bytes, cuts: cuts) { FITReader(limits: limits) }
}

func readFIT(_ builder: FITBuilder) -> CollectingSink { readFIT(builder.part()) }

/// Every message of a recording, handed in whole.
func messages(of bytes: [UInt8]) -> (messages: [FITMessage], issues: [ReadIssue]) {
    fitMessages(of: bytes)
}

extension CollectingSink {
    /// Seconds since `FITBuilder.noon`, in time order.
    func seconds(_ quantity: Quantity) -> [Double] {
        samples(of: quantity).map {
            Double($0.time - FITBuilder.noonUnix * 1_000_000_000) / 1e9
        }
    }

    func stream(_ quantity: Quantity, _ derivation: Derivation) -> [FlatSample] {
        streams.filter { $0.key.quantity == quantity && $0.key.origin.derivation == derivation }
            .flatMap(\.value).sorted()
    }
}
