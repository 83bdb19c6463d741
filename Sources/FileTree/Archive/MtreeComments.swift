/// What our comment lines say, by path.
struct MtreeComments {
    struct Remarks {
        var accessTime: Int64?
        var changeTime: Int64?
        var attributes: [ExtendedAttribute] = []
        var isSocket = false
        var isMissing = false
        var isUncompressed = false
        var notSet = NotSet()
    }

    var source: [String: String] = [:]
    /// Without what is said about single entries.
    var unpacked: MtreeManifest.Unpacked?
    var remarks: [FilePathBytes: Remarks] = [:]

    init(reading text: [UInt8]) throws(MtreeError) {
        var number = 0
        for line in text.split(separator: 0x0a, omittingEmptySubsequences: false) {
            number += 1
            // A remark has a letter right behind the #.
            guard line.first == 0x23, let next = line.dropFirst().first, next > 0x40 else { continue }
            let words = line.dropFirst().split(separator: 0x20).map { Array($0) }
            do throws(MtreeError) {
                try take(words)
            } catch {
                throw MtreeError(description: "line \(number) of the manifest: \(error)")
            }
        }
    }

    private mutating func take(_ words: [[UInt8]]) throws(MtreeError) {
        guard let keyword = words.first else { return }
        switch String(decoding: keyword, as: UTF8.self) {
        case "image":
            for word in words.dropFirst() {
                let (key, value) = Self.pair(word)
                source[key] = String(decoding: value, as: UTF8.self)
            }
        case "unpacked":
            var result = MtreeManifest.Unpacked()
            for word in words.dropFirst() {
                let (key, value) = Self.pair(word)
                if key == "owner" { result.setsOwners = value == Array("yes".utf8) }
                if key == "xattr" { result.setsExtendedAttributes = value == Array("yes".utf8) }
            }
            unpacked = result
        case "times", "xattr", "socket", "unset", "missing", "uncompressed":
            guard words.count > 1 else { throw MtreeError(description: "there is no path") }
            let path = FilePathBytes(MtreeText.unescape(words[1]))
            try Self.take(
                String(decoding: keyword, as: UTF8.self), words: words.dropFirst(2),
                remarks: &remarks[path, default: Remarks()])
        default: break  // somebody else's comment
        }
    }

    private static func take(
        _ keyword: String, words: some Collection<[UInt8]>, remarks: inout Remarks
    ) throws(MtreeError) {
        switch keyword {
        case "socket": remarks.isSocket = true
        case "missing": remarks.isMissing = true
        case "uncompressed": remarks.isUncompressed = true
        case "times":
            for word in words {
                let (key, value) = pair(word)
                guard let time = Int64(String(decoding: value, as: UTF8.self)) else {
                    throw MtreeError(description: "'\(printable(value))' is no time")
                }
                if key == "atime" { remarks.accessTime = time }
                if key == "ctime" { remarks.changeTime = time }
            }
        case "xattr":
            guard let word = words.first, let equals = word.firstIndex(of: UInt8(ascii: "=")),
                let value = MtreeText.bytes(base64: word[(equals + 1)...])
            else { throw MtreeError(description: "an extended attribute is written NAME=BASE64") }
            remarks.attributes.append(
                ExtendedAttribute(name: MtreeText.unescape(word[..<equals]), value: value))
        default:
            for word in words {
                let (key, value) = pair(word)
                switch key {
                case "owner": remarks.notSet.owner = true
                case "times": remarks.notSet.times = true
                case "mode": remarks.notSet.permissions = UInt16(String(decoding: value, as: UTF8.self), radix: 8)
                case "xattr": remarks.notSet.extendedAttributes.append(MtreeText.unescape(value))
                default: break
                }
            }
        }
    }

    private static func pair(_ word: [UInt8]) -> (key: String, value: [UInt8]) {
        let equals = word.firstIndex(of: UInt8(ascii: "=")) ?? word.count
        return (String(decoding: word[..<equals], as: UTF8.self), Array(word[equals...].dropFirst()))
    }
}
