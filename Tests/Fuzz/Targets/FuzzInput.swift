/// Takes choices out of the bytes of an input, from front to back; zeros behind its end.
struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }

    /// What was not taken yet.
    mutating func remaining() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func bool() -> Bool { byte() & 1 != 0 }

    /// A number from 0 up to `limit`, which is no more than 256.
    mutating func number(below limit: Int) -> Int { Int(byte()) % limit }

    mutating func uint16() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

    mutating func uint32() -> UInt32 { UInt32(uint16()) << 16 | UInt32(uint16()) }

    mutating func choice<Element>(_ all: [Element]) -> Element { all[number(below: all.count)] }

    mutating func bytes(_ count: Int) -> [UInt8] {
        let part = rest.prefix(count)
        rest = rest.dropFirst(count)
        return Array(part)
    }
}
