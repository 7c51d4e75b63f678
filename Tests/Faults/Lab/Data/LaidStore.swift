// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One image of a store in a folder, damaged again and again in another place.
///
/// Only what differs from what is wanted is written: the bytes flipped before and now, and the whole
/// of each file that was written to since. A file is known to be as it was laid by its number, its
/// length and its time of change, which is set to the year 1970: whatever writes to it sets another.
/// The folder is compared with what it should be, byte by byte, at every 64th laying.
final class LaidStore {
    let folder: String
    let image: StoreImage
    private var files: [LaidFile]
    private var layings = 0

    init(_ image: StoreImage, in folder: String) throws {
        self.folder = folder
        self.image = image
        try image.lay(in: folder)
        files = image.files.sorted { $0.key < $1.key }.map {
            LaidFile(path: $0.key, place: "\(folder)/\($0.key)", bytes: $0.value)
        }
    }

    /// Lays out the image with these flips, which are of one file, and nothing else.
    func lay(_ flips: [Flip]) throws {
        for path in StoreImage.passing where image.files[path] == nil {
            unlink("\(folder)/\(path)")
        }
        for index in files.indices {
            try files[index].lay(files[index].path == flips.first?.path ? flips : [])
        }
        layings += 1
        if layings % 64 == 0 { try check(flips) }
    }

    private func check(_ flips: [Flip]) throws {
        var wanted = image
        if let path = flips.first?.path {
            wanted = image.with(path) { bytes in
                for flip in flips { bytes[flip.offset] ^= flip.mask }
            }
        }
        guard try StoreImage(of: folder).files == wanted.files else {
            throw CocoaError(.fileWriteUnknown)
        }
    }
}

/// A file of a laid image and what was last done to it.
private struct LaidFile {
    let path: String
    let place: String
    let bytes: [UInt8]
    private var flips: [Flip] = []
    /// Of the file that was laid; nil before the first time.
    private var number: UInt64?

    init(path: String, place: String, bytes: [UInt8]) {
        self.path = path
        self.place = place
        self.bytes = bytes
    }

    mutating func lay(_ wanted: [Flip]) throws {
        let isUntouched = isAsLaid
        if isUntouched, wanted == flips { return }
        if !isUntouched {
            try WholeFile.write(bytes, to: place)
            flips = []
        }
        let descriptor = open(place, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        number = nil
        for flip in flips { try Self.write(bytes[flip.offset], flip.offset, descriptor) }
        for flip in wanted {
            try Self.write(bytes[flip.offset] ^ flip.mask, flip.offset, descriptor)
        }
        flips = wanted
        let marks = [timespec(tv_sec: 0, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0)]
        var status = stat()
        guard futimens(descriptor, marks) == 0, fstat(descriptor, &status) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
        number = UInt64(status.st_ino)
    }

    private var isAsLaid: Bool {
        var status = stat()
        guard let number, lstat(place, &status) == 0 else { return false }
        #if os(Linux)
            let changed = status.st_mtim
        #else
            let changed = status.st_mtimespec
        #endif
        return UInt64(status.st_ino) == number && Int(status.st_size) == bytes.count
            && changed.tv_sec == 0 && changed.tv_nsec == 0
    }

    private static func write(_ byte: UInt8, _ offset: Int, _ descriptor: Int32) throws {
        guard
            withUnsafeBytes(of: byte, { pwrite(descriptor, $0.baseAddress, 1, off_t(offset)) }) == 1
        else { throw CocoaError(.fileWriteUnknown) }
    }
}
