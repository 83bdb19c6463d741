import FileTree
import FlashBytes

/// The format of `-printf`, with the directives of GNU find.
///
/// Names are printed as everywhere, with `\ooo` for what cannot be shown; where a NUL is in the format, programs read it, and
/// names are raw bytes.
struct FindFormat: Sendable {
    private enum Piece: Sendable {
        case bytes([UInt8])
        case directive(Character, FindLayout)
        /// A time (`A`, `C` or `T`) and what is wanted of it.
        case time(Character, Character, FindLayout)
    }

    /// What is printed of a file.
    struct Subject {
        let trail: PathTrail
        let inode: Inode
        let links: UInt32
        /// The names of the image's own lists; nil where there is none.
        let (user, group): (String?, String?)
        /// What is behind a symlink, or the file itself: the letter of its type, `N` for nothing, `L` for links without an end.
        let destination: String
    }

    private var pieces: [Piece] = []
    private var isRaw = false

    /// - Returns: nil for a directive that is not known.
    init?(_ text: String) {
        var rest = text.unicodeScalars[...]
        var literal: [UInt8] = []
        func octal(_ first: Unicode.Scalar) -> UInt8 {
            var value = first.value & 7
            var count = 1
            while count < 3, let next = rest.first, ("0"..."7").contains(next) {
                value = value << 3 | next.value & 7
                count += 1
                rest.removeFirst()
            }
            return UInt8(truncatingIfNeeded: value)
        }
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                guard let byte = Self.escapes[next] ?? (("0"..."7").contains(next) ? octal(next) : nil) else {
                    return nil
                }
                literal.append(byte)
            case "%":
                guard let piece = Self.directive(&rest) else { return nil }
                if case .bytes(let bytes) = piece {
                    literal += bytes
                } else {
                    pieces += [.bytes(literal), piece]
                    literal = []
                }
            default: literal += Array(String(scalar).utf8)
            }
        }
        pieces.append(.bytes(literal))
        isRaw = pieces.contains { if case .bytes(let bytes) = $0 { bytes.contains(0) } else { false } }
    }

    private static let escapes: [Unicode.Scalar: UInt8] = [
        "n": 0x0a, "t": 0x09, "r": 0x0d, "\\": 0x5c, "a": 0x07, "b": 0x08, "f": 0x0c, "v": 0x0b,
    ]
    private static let letters: Set<Unicode.Scalar> = [
        "p", "P", "f", "h", "H", "d", "s", "b", "k", "m", "M", "u", "U", "g", "G", "i", "n", "y", "Y", "l", "a", "c",
        "t",
        "D", "S", "F",
    ]

    private static func directive(_ rest: inout Substring.UnicodeScalarView) -> Piece? {
        let layout = FindLayout(reading: &rest)
        guard let letter = rest.popFirst() else { return nil }
        switch letter {
        case "%": return .bytes([0x25])
        case "A", "C", "T":
            guard let field = rest.popFirst(), field.isASCII,
                FindTime.text(0, field: Character(field)) != nil
            else { return nil }
            return .time(Character(letter), Character(field), layout)
        case _ where letters.contains(letter):
            return .directive(Character(letter), layout)
        default: return nil
        }
    }

    /// What is printed of a file.
    func bytes(_ subject: Subject) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .bytes(let literal): bytes += literal
            case .time(let which, let field, let layout):
                let metadata = subject.inode.metadata
                let time =
                    which == "A" ? metadata.accessTime : which == "C" ? metadata.changeTime : metadata.modificationTime
                bytes += layout.text((FindTime.text(time, field: field) ?? "").utf8)
            // The two that find hands on as numbers; all others are texts.
            case .directive("d", let layout): bytes += layout.decimal(subject.trail.depth)
            case .directive("m", let layout): bytes += layout.octal(Int(subject.inode.metadata.permissions & 0o7777))
            case .directive(let letter, let layout): bytes += layout.text(value(letter, of: subject))
            }
        }
        return bytes
    }

    private func path(_ names: some Collection<FileName>, isWhole: Bool) -> [FindText] {
        let texts = names.map { [isRaw ? FindText.plain($0.bytes) : .name($0.bytes)] }
        return (isWhole ? [.plain([0x2f])] : []) + Array(texts.joined(separator: [.plain([0x2f])]))
    }

    private func value(_ letter: Character, of subject: Subject) -> [FindText] {
        let (names, inode) = (subject.trail.names, subject.inode)
        switch letter {
        case "p": return path(names, isWhole: true)
        case "P": return path(names.suffix(subject.trail.depth), isWhole: false)
        case "H": return path(names.dropLast(subject.trail.depth), isWhole: true)
        case "h": return names.count < 2 ? [] : path(names.dropLast(), isWhole: true)
        case "f": return names.isEmpty ? [.plain([0x2f])] : path(names.suffix(1), isWhole: false)
        case "l":
            guard case .symbolicLink(let target) = inode.payload else { return [] }
            return [isRaw ? .plain(target) : .shown(target)]
        case "a": return [.plain(whole(inode.metadata.accessTime))]
        case "c": return [.plain(whole(inode.metadata.changeTime))]
        case "t": return [.plain(whole(inode.metadata.modificationTime))]
        default: return [.plain(Array(text(letter, of: subject).utf8))]
        }
    }

    /// A time as `%t` has it.
    private func whole(_ time: Int64) -> [UInt8] {
        Array((FindTime.text(time, field: "c", fraction: FindTime.zeros) ?? "").utf8)
    }

    /// The letter of a type, as `-type` has it.
    static func letter(of kind: FileKind) -> String { kind == .regular ? "f" : String(kind.letter) }

    private func text(_ letter: Character, of subject: Subject) -> String {
        let inode = subject.inode
        let metadata = inode.metadata
        return switch letter {
        case "s": String(inode.size)
        case "b": String(inode.size / 512 + (inode.size % 512 == 0 ? 0 : 1))
        case "k": String(inode.size / 1024 + (inode.size % 1024 == 0 ? 0 : 1))
        case "M": Listing.modeString(inode)
        case "U": String(metadata.owner)
        case "G": String(metadata.group)
        case "u": subject.user ?? String(metadata.owner)
        case "g": subject.group ?? String(metadata.group)
        case "i": inode.number?.description ?? "0"
        case "n": String(subject.links)
        case "y": Self.letter(of: inode.kind)
        case "Y": subject.destination
        case "S": "1"
        case "F": "jffs2"
        default: "0"
        }
    }
}
