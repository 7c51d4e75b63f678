// SPDX-License-Identifier: Apache-2.0
import Foundation

struct InjectAct {
    init(_ options: SystemActs.Options) throws {}
    mutating func run() throws -> ChildReport { ChildReport() }
}
enum WorkAct { static func run(_ options: SystemActs.Options) throws {} }
struct FillAct {
    init(_ options: SystemActs.Options) throws {}
    mutating func run() throws -> ChildReport { ChildReport() }
}
