import FlashBytes

/// Finds private keys in DER by their structure: PKCS#1, SEC 1, PKCS#8 (encrypted or not), PKCS#12, and the numbers of
/// dropbear's own format. Of a key of which the public part stands in front only what is private is found.
enum DERKeys {
    /// The largest structure that is taken for a key (bytes).
    private static let largest = 64 << 10

    /// - Parameter isFile: whether the text is a file from its beginning on, and not raw bytes: a key of dropbear is a file
    ///   of its own.
    static func find(_ text: RawSpan, in range: Range<Int>, isFile: Bool = false) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var at = range.lowerBound
        while at < range.upperBound {
            guard text.byteCount - at >= 8 else { break }
            let byte = (try? text.uint8(at: at)) ?? 0
            if byte == 0x30, let key = key(text, at: at) {
                found.append(key)
                at = key.upperBound
            } else if byte == 0, !isFile || at == 0, let key = dropbearKey(text, at: at) {
                found.append(key)
                at = key.upperBound
            } else {
                at += 1
            }
        }
        return found
    }

    // MARK: - DER

    private struct Element {
        var tag: UInt8
        /// The content.
        var range: Range<Int>
    }

    private static func element(_ text: RawSpan, at place: Int, end: Int) -> Element? {
        guard place + 2 <= end, let tag = try? text.uint8(at: place), let first = try? text.uint8(at: place + 1) else {
            return nil
        }
        var start = place + 2
        var count = Int(first)
        if first >= 0x80 {
            let digits = Int(first & 0x7f)
            guard (1...3).contains(digits), start + digits <= end else { return nil }
            count = 0
            for index in 0..<digits { count = count << 8 | Int((try? text.uint8(at: start + index)) ?? 0) }
            start += digits
        }
        guard count <= largest, start + count <= end else { return nil }
        return Element(tag: tag, range: start..<start + count)
    }

    private static func key(_ text: RawSpan, at place: Int) -> Range<Int>? {
        guard let outer = element(text, at: place, end: text.byteCount), outer.tag == 0x30, outer.range.count >= 32
        else { return nil }
        guard let first = element(text, at: outer.range.lowerBound, end: outer.range.upperBound) else { return nil }
        let end = outer.range.upperBound
        if first.tag == 0x30 {
            // PKCS#8, encrypted: an algorithm with parameters, then the octets.
            guard let identifier = element(text, at: first.range.lowerBound, end: first.range.upperBound),
                identifier.tag == 0x06,
                isPasswordBased(text, range: identifier.range),
                let octets = element(text, at: first.range.upperBound, end: end),
                octets.tag == 0x04, octets.range.upperBound == end
            else { return nil }
            return octets.range
        }
        guard first.tag == 0x02, first.range.count == 1, let version = try? text.uint8(at: first.range.lowerBound)
        else { return nil }
        guard let second = element(text, at: first.range.upperBound, end: end) else { return nil }
        switch (version, second.tag) {
        case (0, 0x02): return integers(text, from: second, end: end)
        case (1, 0x04) where [28, 32, 48, 66].contains(second.range.count): return second.range
        case (0, 0x30), (1, 0x30):
            guard let identifier = element(text, at: second.range.lowerBound, end: second.range.upperBound),
                identifier.tag == 0x06,
                let octets = element(text, at: second.range.upperBound, end: end), octets.tag == 0x04
            else { return nil }
            return octets.range
        case (3, 0x30):
            // PKCS#12: data (1.2.840.113549.1.7.1) or signed data.
            guard let identifier = element(text, at: second.range.lowerBound, end: second.range.upperBound),
                (try? text.bytes(in: identifier.range))?.starts(with: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07])
                    == true
            else { return nil }
            return place..<end
        default: return nil
        }
    }

    /// PKCS#1: modulus, public exponent, then what is private. DSA: p, q, g, y, x.
    private static func integers(_ text: RawSpan, from modulus: Element, end: Int) -> Range<Int>? {
        guard modulus.range.count >= 48, let exponent = element(text, at: modulus.range.upperBound, end: end),
            exponent.tag == 0x02
        else { return nil }
        var at = exponent.range.upperBound
        var count = 0
        while let next = element(text, at: at, end: end), next.tag == 0x02 {
            at = next.range.upperBound
            count += 1
        }
        guard at == end, count >= 3 else { return nil }
        return exponent.range.upperBound..<end
    }

    /// 1.2.840.113549.1.5 (PKCS#5) and 1.2.840.113549.1.12.1.
    private static func isPasswordBased(_ text: RawSpan, range: Range<Int>) -> Bool {
        guard let bytes = try? text.bytes(in: range) else { return false }
        return bytes.starts(with: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05])
            || bytes.starts(with: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c])
    }

    /// The numbers of a key that are private, each without zeros in front: exponents and primes of RSA, the number of an
    /// elliptic curve.
    static func privateNumbers(of key: [UInt8]) -> [[UInt8]] {
        let text = unsafe key.span.bytes
        guard let range = find(text, in: 0..<1, isFile: true).first, let first = try? text.uint8(at: range.lowerBound)
        else { return [] }
        let part = Array(key[range])
        switch first {
        // PKCS#8 has a key of one of the other forms in it.
        case 0x30: return range.lowerBound > 0 ? privateNumbers(of: part) : []
        case 0x04 where part.count >= 18 && Int(part[1]) == part.count - 2: return [Array(part.dropFirst(2))]
        case 0x02 where part.count > 128:
            var numbers: [[UInt8]] = []
            var at = range.lowerBound
            while let next = element(text, at: at, end: range.upperBound), next.tag == 0x02 {
                let number = Array(key[next.range].drop { $0 == 0 })
                if number.count >= smallestNumber { numbers.append(number) }
                at = next.range.upperBound
            }
            return numbers
        default: return [28, 32, 48, 66].contains(part.count) ? [part] : []
        }
    }

    /// A shorter number may stand anywhere (bytes).
    private static let smallestNumber = 16

    // MARK: - dropbear

    private static let dropbearTypes: [(name: [UInt8], publicParts: Int, parts: Int)] = [
        (Array("ssh-rsa".utf8), 2, 5), (Array("ssh-dss".utf8), 4, 5), (Array("ecdsa-sha2-nistp256".utf8), 2, 3),
        (Array("ecdsa-sha2-nistp384".utf8), 2, 3), (Array("ecdsa-sha2-nistp521".utf8), 2, 3),
        (Array("ssh-ed25519".utf8), 0, 1),
    ]

    /// Each number has its length in front; the private ones follow the public ones, to the end of the text.
    private static func dropbearKey(_ text: RawSpan, at place: Int) -> Range<Int>? {
        guard let count = try? text.uint32(at: place, .big), (7...19).contains(count),
            let name = try? text.bytes(in: place + 4..<place + 4 + Int(count)),
            let type = dropbearTypes.first(where: { $0.name == name })
        else { return nil }
        var at = place + 4 + Int(count)
        var start = at
        for part in 0..<type.parts {
            guard let size = try? text.uint32(at: at, .big), size > 0, size <= 2100,
                at + 4 + Int(size) <= text.byteCount
            else {
                return nil
            }
            if part == type.publicParts { start = at + 4 }
            at += 4 + Int(size)
        }
        // A public ed25519 key has 32 bytes: dropbear's private one holds both.
        if type.parts == 1, at - start != 64 { return nil }
        return start..<at
    }
}
