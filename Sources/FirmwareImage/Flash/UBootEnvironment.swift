package import FlashBytes

/// U-Boot's variables as they lie in flash: a CRC-32, in a redundant environment a flag byte, then `NAME=VALUE` strings
/// that end with NUL, an empty one last; the rest of the area is filled up.
package struct UBootEnvironment: Sendable, Hashable {
    /// The sizes that are tried (bytes): multiples of this up to `largestSize`.
    private static let sizeStep = 1024
    private static let largestSize = 512 << 10

    /// All of it, sum included (bytes).
    package let size: Int
    /// Whether a flag byte stands behind the sum (`CONFIG_SYS_REDUNDAND_ENVIRONMENT`).
    package let isRedundant: Bool
    /// The byte order of the sum.
    package let byteOrder: ByteOrder
    /// `NAME=VALUE`, in the order of the flash.
    package let variables: [String]

    /// The value of a variable.
    package subscript(_ name: String) -> String? {
        variables.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.utf8.count + 1)) }
    }

    /// Reads the environment at `offset`; nil unless there is a size for which the sum is right.
    package init?(reading bytes: RawSpan, at offset: Int) {
        for start in [4, 5] {
            guard Self.looksLikeVariable(bytes, at: offset + start),
                let (size, order) = Self.size(bytes, at: offset, start: start)
            else { continue }
            self.size = size
            isRedundant = start == 5
            byteOrder = order
            variables = Self.variables(bytes, range: offset + start..<offset + size)
            return
        }
        return nil
    }

    /// Whether letters and an equals sign stand here.
    private static func looksLikeVariable(_ bytes: RawSpan, at offset: Int) -> Bool {
        for index in 0..<64 {
            guard let byte = try? bytes.uint8(at: offset + index) else { return false }
            if byte == UInt8(ascii: "=") { return index > 0 }
            guard byte > 0x20, byte < 0x7f else { return false }
        }
        return false
    }

    private static func size(_ bytes: RawSpan, at offset: Int, start: Int) -> (Int, ByteOrder)? {
        guard let little = try? bytes.uint32(at: offset, .little) else { return nil }
        var sum: UInt32 = 0
        var at = offset + start
        var size = sizeStep
        while size <= largestSize, offset + size <= bytes.byteCount {
            sum = CRC32.zlib(bytes.extracting(at..<offset + size), seed: sum)
            at = offset + size
            if sum == little { return (size, .little) }
            if sum.byteSwapped == little { return (size, .big) }
            size += sizeStep
        }
        return nil
    }

    private static func variables(_ bytes: RawSpan, range: Range<Int>) -> [String] {
        var variables: [String] = []
        var start = range.lowerBound
        for at in range {
            guard let byte = try? bytes.uint8(at: at), byte == 0 else { continue }
            if at == start { break }
            variables.append(String(decoding: (try? bytes.bytes(in: start..<at)) ?? [], as: UTF8.self))
            start = at + 1
        }
        return variables
    }
}
