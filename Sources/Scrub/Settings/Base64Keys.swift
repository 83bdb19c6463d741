import FlashBytes

/// Finds private keys in base64 that have no frame, or one that other text has torn: in a setting, in lines of a program, in
/// UTF-16. What is decoded must be a key by its structure.
enum Base64Keys {
    private static let longest = 24 << 10
    private static let openSSH = Array("openssh-key-v1\0".utf8)

    static func find(_ bytes: [UInt8], in range: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var at = range.lowerBound
        while at + 32 < range.upperBound {
            guard isStart(bytes, at: at, range: range) else {
                at += 1
                continue
            }
            let run = Base64Run(bytes, from: at, end: min(range.upperBound, at + longest))
            if let count = keySize(run.decoded) {
                found += run.pieces(first: (count + 2) / 3 * 4)
                at = max(at + 1, run.end)
            } else {
                at = max(at + 1, run.end)
            }
        }
        return found
    }

    /// `MI`, `MH`, `MC`, `MF` (a sequence of DER) or `b3BlbnNz` at the beginning of a word.
    private static func isStart(_ bytes: [UInt8], at place: Int, range: Range<Int>) -> Bool {
        switch bytes[place] {
        case 0x4d: guard "IHCFDEG".utf8.contains(bytes[place + 1]) else { return false }
        case 0x62: guard ByteText.has("b3blbnnzac1rzxktdj", bytes: bytes, at: place) else { return false }
        default: return false
        }
        guard place > range.lowerBound, Base64Run.isDigit(bytes[place - 1]) else { return true }
        // `\n` in a string, the end of a frame.
        return place - 2 >= range.lowerBound && bytes[place - 2] == 0x5c && "nr".utf8.contains(bytes[place - 1])
    }

    /// How many bytes of a text are a private key; nil for none.
    private static func keySize(_ decoded: [UInt8]) -> Int? {
        if decoded.starts(with: openSSH) { return decoded.count }
        guard decoded.count >= 40, decoded[0] == 0x30 else { return nil }
        let size: Int
        switch decoded[1] {
        case 0x20..<0x80: size = 2 + Int(decoded[1])
        case 0x81: size = 3 + Int(decoded[2])
        case 0x82: size = 4 + Int(decoded[2]) << 8 + Int(decoded[3])
        default: return nil
        }
        guard size <= decoded.count,
            DERKeys.find(unsafe decoded.span.bytes, in: 0..<1, isFile: true).first != nil
        else { return nil }
        return size
    }
}
