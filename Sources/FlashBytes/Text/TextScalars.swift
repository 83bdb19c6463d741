/// The characters of a text in their order, as they stand in the source.
enum TextScalars {
    /// What is no character: half of a pair in UTF-16, a number without one in UTF-32.
    static let replacement: UInt32 = 0xfffd

    /// Calls `body` with each scalar and the place where it begins (bytes).
    @inline(__always)
    static func forEach(_ source: RawSpan, encoding: PlainText.Encoding, body: (UInt32, Int) -> Bool) {
        var at = 0
        switch encoding {
        case .utf8:
            while at < source.byteCount {
                let (scalar, width) = utf8(source, at: at)
                guard body(scalar, at) else { return }
                at += width
            }
        case .utf16(let order):
            while at + 1 < source.byteCount {
                let (scalar, width) = utf16(source, at: at, byteOrder: order)
                guard body(scalar, at) else { return }
                at += width
            }
        case .utf32(let order):
            while at + 3 < source.byteCount {
                guard body(utf32(source, at: at, byteOrder: order), at) else { return }
                at += 4
            }
        }
    }

    /// Calls `body` with each scalar that belongs to the text: without control sequences and the like, each line end as LF.
    @inline(__always)
    static func forEachKept(_ source: RawSpan, encoding: PlainText.Encoding, body: (UInt32, Int) -> Void) {
        var filter = ControlFilter()
        forEach(source, encoding: encoding) { scalar, place in
            if scalar >= 0x20, scalar < 0x7f, filter.isIdle {
                body(scalar, place)
            } else if let kept = filter.take(scalar, endsVariable: scalar == 0 && endsVariable(source, place: place)) {
                body(kept, place)
            }
            return true
        }
    }

    @inline(__always)
    private static func byte(_ source: RawSpan, at: Int) -> UInt8 {
        // In bounds: the callers look.
        unsafe source.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
    }

    @inline(__always)
    private static func utf8(_ source: RawSpan, at: Int) -> (UInt32, Int) {
        let first = byte(source, at: at)
        return first < 0x80 ? (UInt32(first), 1) : highUTF8(source, at: at, first: first)
    }

    /// A sequence of several bytes, or one byte of Windows-1252.
    private static func highUTF8(_ source: RawSpan, at: Int, first: UInt8) -> (UInt32, Int) {
        let (count, least): (Int, UInt32) =
            switch first {
            case 0xc2...0xdf: (2, 0x80)
            case 0xe0...0xef: (3, 0x800)
            case 0xf0...0xf4: (4, 0x10000)
            default: (1, 0)
            }
        guard count > 1, at + count <= source.byteCount else { return (windows1252(first), 1) }
        var scalar = UInt32(first) & (0x7f >> UInt32(count))
        for index in 1..<count {
            let next = byte(source, at: at + index)
            guard next & 0xc0 == 0x80 else { return (windows1252(first), 1) }
            scalar = scalar << 6 | UInt32(next & 0x3f)
        }
        guard scalar >= least, scalar <= 0x10ffff, !(0xd800...0xdfff).contains(scalar) else {
            return (windows1252(first), 1)
        }
        return (scalar, count)
    }

    /// Latin-1 with the quotes and dashes that Windows puts between.
    private static func windows1252(_ byte: UInt8) -> UInt32 {
        switch byte {
        case 0x91: 0x2018
        case 0x92: 0x2019
        case 0x93: 0x201c
        case 0x94: 0x201d
        case 0x96: 0x2013
        case 0x97: 0x2014
        default: UInt32(byte)
        }
    }

    private static func utf16(_ source: RawSpan, at: Int, byteOrder order: ByteOrder) -> (UInt32, Int) {
        func unit(_ at: Int) -> UInt32 {
            let (first, second) = (UInt32(byte(source, at: at)), UInt32(byte(source, at: at + 1)))
            return order == .little ? second << 8 | first : first << 8 | second
        }
        let first = unit(at)
        guard (0xd800...0xdfff).contains(first) else { return (first, 2) }
        guard first < 0xdc00, at + 3 < source.byteCount else { return (replacement, 2) }
        let second = unit(at + 2)
        guard (0xdc00...0xdfff).contains(second) else { return (replacement, 2) }
        return (0x10000 + (first - 0xd800) << 10 + (second - 0xdc00), 4)
    }

    static func utf32(_ source: RawSpan, at: Int, byteOrder order: ByteOrder) -> UInt32 {
        let value = (0..<4).reduce(UInt32(0)) { value, index in
            value << 8 | UInt32(byte(source, at: at + (order == .big ? index : 3 - index)))
        }
        return value > 0x10ffff || (0xd800...0xdfff).contains(value) ? replacement : value
    }

    /// Whether the NUL at `place` ends a line of its own: `NAME=` follows, as in an environment.
    private static func endsVariable(_ source: RawSpan, place: Int) -> Bool {
        var at = place + 1
        while at < source.byteCount, at < place + 64 {
            let next = byte(source, at: at)
            if next == UInt8(ascii: "=") { return at > place + 1 }
            guard next > 0x20, next < 0x7f else { return false }
            at += 1
        }
        return false
    }
}

/// Leaves out what is not part of a text: control sequences of terminals (ECMA-48), control characters, byte order marks.
private struct ControlFilter {
    private enum State {
        case idle
        /// Behind ESC.
        case escape
        /// In a control sequence.
        case sequence
        /// In a string that BEL or ESC \ ends, such as a window's title; how long it is.
        case string(Int)
        /// Behind CR, which is the end of the line already.
        case lineEnd
    }

    private var state = State.idle
    /// Longer strings are none, but noise.
    private static let longestString = 256

    @inline(__always)
    var isIdle: Bool { if case .idle = state { true } else { false } }

    /// The scalar to keep, or nil.
    mutating func take(_ scalar: UInt32, endsVariable: Bool) -> UInt32? {
        switch state {
        case .idle: break
        case .lineEnd:
            state = .idle
            if scalar == 0x0a { return nil }
        case .escape:
            switch scalar {
            case 0x5b: state = .sequence
            case 0x5d, 0x50, 0x5e, 0x5f: state = .string(0)
            // Characters between ESC and the last one: ESC ( B
            case 0x20...0x2f: break
            case 0x30...0x7e: state = .idle
            default: return outside(scalar, endsVariable: endsVariable)
            }
            if scalar < 0x7f { return nil }
        case .sequence:
            switch scalar {
            case 0x20...0x3f: return nil
            case 0x40...0x7e:
                state = .idle
                return nil
            default: return outside(scalar, endsVariable: endsVariable)
            }
        case .string(let length):
            switch scalar {
            case 0x07: state = .idle
            case 0x1b: state = .escape
            case 0x20... where length < Self.longestString: state = .string(length + 1)
            default: return outside(scalar, endsVariable: endsVariable)
            }
            return nil
        }
        return outside(scalar, endsVariable: endsVariable)
    }

    private mutating func outside(_ scalar: UInt32, endsVariable: Bool) -> UInt32? {
        state = .idle
        switch scalar {
        case 0x0d:
            state = .lineEnd
            return 0x0a
        case 0x1b:
            state = .escape
            return nil
        case 0: return endsVariable ? 0x0a : nil
        case 0x09, 0x0a: return scalar
        case ..<0x20, 0x7f...0x9f, 0xfeff, 0xfffe, 0xffff: return nil
        default: return scalar
        }
    }
}
