// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The library that stands between a program and its files; built from C when first needed.
enum FaultShim {
    private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Shim/shim.c")

    /// The path of the built library; nil where there is no C compiler or the system has no
    /// `LD_PRELOAD`.
    static func library() throws -> String? {
        #if os(Linux)
            let text = try Data(contentsOf: source)
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            let path = NSTemporaryDirectory() + "hearth-shim-\(getuid())-\(hash).so"
            if FileManager.default.fileExists(atPath: path) { return path }
            let draft = path + ".\(UUID().uuidString)"
            for compiler in ["clang", "cc", "gcc"] {
                let child = Process()
                child.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                child.arguments = [
                    compiler, "-shared", "-fPIC", "-O2", "-w", "-o", draft, source.path, "-ldl",
                ]
                child.standardError = FileHandle.nullDevice
                try child.run()
                child.waitUntilExit()
                guard child.terminationStatus == 0 else { continue }
                try FileManager.default.moveItem(atPath: draft, toPath: path)
                return path
            }
        #endif
        return nil
    }

    static let missing = "no C compiler, or no LD_PRELOAD, for the library that injects faults"
}

/// The library's own functions, in a process that runs with it.
struct ShimCalls {
    typealias Name = @convention(c) (UnsafePointer<CChar>) -> Void
    typealias Arm = @convention(c) (Int, Int32, Int32) -> Void
    typealias Nothing = @convention(c) () -> Void
    typealias Number = @convention(c) () -> Int
    typealias Class = @convention(c) (Int) -> Int32
    typealias Hash = @convention(c) (UnsafePointer<UInt8>?, Int, UInt64) -> UInt64
    typealias Find = @convention(c) (UnsafePointer<CChar>, UnsafePointer<UInt8>, Int) -> Int

    let root: Name
    let record: Name
    let remove: Name
    let arm: Arm
    let disarm: Nothing
    let forget: Nothing
    let calls: Number
    let hits: Number
    let callClass: Class
    let hitClass: @convention(c) () -> Int32
    let hash: Hash
    let find: Find

    struct Missing: Error, CustomStringConvertible {
        var description: String { "this process runs without the library that injects faults" }
    }

    init() throws {
        func look<T>(_ name: String, _ type: T.Type) throws -> T {
            guard let symbol = dlsym(nil, "hearth_shim_\(name)") else { throw Missing() }
            return unsafeBitCast(symbol, to: type)
        }
        root = try look("root", Name.self)
        record = try look("record", Name.self)
        remove = try look("remove", Name.self)
        arm = try look("arm", Arm.self)
        disarm = try look("disarm", Nothing.self)
        forget = try look("forget", Nothing.self)
        calls = try look("calls", Number.self)
        hits = try look("hits", Number.self)
        callClass = try look("class", Class.self)
        hitClass = try look("hit_class", (@convention(c) () -> Int32).self)
        hash = try look("hash", Hash.self)
        find = try look("find", Find.self)
    }
}

/// Kinds of call, as the library numbers them.
enum CallClass: Int32 {
    case open = 1
    case close, write, truncate, allocate, sync, rename, unlink, mkdir, rmdir, read
}

/// Kinds of failure, as the library numbers them.
enum FaultKind: Int32, CaseIterable {
    case ioError = 1
    case noSpace, quota, short, interrupted, dropped, silent

    /// Whether a call of this kind can fail so.
    func applies(to call: CallClass) -> Bool {
        switch (self, call) {
        case (_, .close), (_, .rmdir), (.silent, _): false
        case (.dropped, _): call == .sync
        case (.ioError, _): true
        case (.noSpace, _), (.quota, _):
            [.write, .allocate, .rename, .mkdir, .open, .sync].contains(call)
        case (.short, _): call == .write || call == .read
        case (.interrupted, _):
            [.write, .read, .open, .sync, .truncate, .allocate].contains(call)
        }
    }

    /// Whether the kernel would go on failing so for ever.
    var canStay: Bool { self != .interrupted }
}
