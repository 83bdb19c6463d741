/// The numbers in a loader's environment, as far as a log tells them: commands name them instead of addresses and sizes.
///
///     => setenv loadaddr 82000000
///     => printenv filesize
///     filesize=10000
///     => md.b ${loadaddr} ${filesize}
struct LogVariables {
    private var values: [String: UInt64] = [:]
    private static let most = 1024

    /// A line that nobody typed: what `printenv` prints, or how much a load has brought.
    mutating func tell(_ line: ArraySlice<UInt8>) {
        if let size = LogLoad.loaded(line) { values["filesize"] = size }
        guard line.count < 100, let equals = line.firstIndex(of: 0x3d), equals > line.startIndex,
            line[..<equals].allSatisfy(Self.isOfName)
        else { return }
        set(
            String(decoding: line[..<equals], as: UTF8.self), to: String(decoding: line[(equals + 1)...], as: UTF8.self)
        )
    }

    /// A command: `setenv NAME VALUE`, `env set NAME VALUE`, or one that loads a file.
    mutating func type(_ command: some StringProtocol) {
        var words = command.split(whereSeparator: \.isWhitespace)[...]
        while let word = words.first, !["setenv", "env", "set", "setexpr"].contains(String(word)) {
            if Self.loads.contains(String(word)) { values["filesize"] = nil }
            words.removeFirst()
        }
        if words.first == "env" { words.removeFirst() }
        guard let verb = words.popFirst() else { return }
        words = words.drop { $0.hasPrefix("-") }
        guard let name = words.popFirst() else { return }
        let isNumber = verb != "setexpr" && words.count == 1
        set(
            String(name),
            to: isNumber ? words.first.map { Substring($0).trimming(while: { "'\"".contains($0) }) } ?? "" : "")
    }
    private static let loads: Set<String> = [
        "tftp", "tftpboot", "loady", "loadb", "loadx", "fatload", "ext4load", "ext2load", "load", "nfs", "dhcp",
        "bootp", "fsload", "ubifsload", "sqfsload", "unzip",
    ]

    /// One that is no number is not known: what it was before does not count.
    private mutating func set(_ name: String, to value: String) {
        guard values.count < Self.most || values[name] != nil else { return }
        values[name] = ChecksumLine.number(value[...])
    }

    /// A line with numbers in place of the variables whose values are known.
    func expanded(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = line
        while let byte = rest.popFirst() {
            guard byte == 0x24, let (name, end) = Self.name(rest), let value = values[name] else {
                result.append(byte)
                continue
            }
            result += Array(String(value, radix: 16).utf8)
            rest = rest[end...]
        }
        return result
    }

    /// The name behind a `$`, and where it ends.
    private static func name(_ rest: ArraySlice<UInt8>) -> (name: String, end: Int)? {
        let isInBraces = rest.first == 0x7b
        let start = rest.startIndex + (isInBraces ? 1 : 0)
        let name = rest[start...].prefix(while: isOfName)
        if name.isEmpty { return nil }
        guard isInBraces else { return (String(decoding: name, as: UTF8.self), name.endIndex) }
        guard name.endIndex < rest.endIndex, rest[name.endIndex] == 0x7d else { return nil }
        return (String(decoding: name, as: UTF8.self), name.endIndex + 1)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f: true
        default: false
        }
    }
}

extension Substring {
    fileprivate func trimming(while isOuter: (Character) -> Bool) -> String {
        var text = drop(while: isOuter)
        while let last = text.last, isOuter(last) { text.removeLast() }
        return String(text)
    }
}
