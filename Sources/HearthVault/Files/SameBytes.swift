// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Whether both hold the same bytes, in one pass of the C library.
///
/// Not for secrets: the time tells where the first difference is.
func areSame(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    return unsafe a.withUnsafeBytes { a in
        unsafe b.withUnsafeBytes { b in
            guard let first = a.baseAddress, let second = b.baseAddress else { return true }
            return unsafe memcmp(first, second, a.count) == 0
        }
    }
}

/// Whether both hold the same bytes in `range`, which lies in both.
func areSame(_ a: [UInt8], _ b: [UInt8], in range: Range<Int>) -> Bool {
    areSame(a.span.extracting(range), b.span.extracting(range))
}
