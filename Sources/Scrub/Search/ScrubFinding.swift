package import FileTree
import FlashBytes

/// Where something was found.
package enum ScrubPlace: Sendable, Hashable {
    /// In the content of a file (bytes from its start).
    case content(FilePathBytes, offset: Int)
    /// A file that is private as a whole.
    case file(FilePathBytes)
    /// In what is in a packed file: in which of its members, and where in that (bytes from its start).
    case member(FilePathBytes, member: String, offset: Int)
    /// The last name of a path.
    case name(FilePathBytes)
    /// The target of a symlink.
    case target(FilePathBytes)
    /// Name or value of an extended attribute.
    case attribute(FilePathBytes)
    /// In a node that nothing shows: `path` where it belongs or belonged, `status` what became of it.
    case deadNode(offset: Int, inode: InodeNumber, path: FilePathBytes?, status: String)
    /// In an older content of a file, across several nodes; the last one of them.
    case oldContent(offset: Int, inode: InodeNumber, path: FilePathBytes?)
    /// In bytes of the file system that are no sound node, or a part of one that nothing shows.
    case raw(offset: Int, inside: String)
    /// In bytes around the file systems (from the start of the input, in memory order).
    case outside(offset: Int)
    /// In a text: the line, from 1.
    case line(Int)

    /// Whether it is part of what is shown.
    package var isLive: Bool {
        switch self {
        case .content, .file, .member, .name, .target, .attribute, .line: true
        case .deadNode, .oldContent, .raw, .outside: false
        }
    }

    /// Whether it is a name or a target, of which a listing shows the bytes.
    package var isName: Bool {
        switch self {
        case .name, .target: true
        default: false
        }
    }

    /// The path, where there is one.
    package var path: FilePathBytes? {
        switch self {
        case .content(let path, _), .file(let path), .member(let path, _, _), .name(let path), .target(let path),
            .attribute(let path):
            path
        case .deadNode(_, _, let path, _), .oldContent(_, _, let path): path
        case .raw, .outside, .line: nil
        }
    }

    /// Where in the image, or in the content of the file (bytes).
    package var offset: Int? {
        switch self {
        case .content(_, let offset), .member(_, _, let offset), .deadNode(let offset, _, _, _),
            .oldContent(let offset, _, _),
            .raw(let offset, _), .outside(let offset):
            offset
        case .file, .name, .target, .attribute, .line: nil
        }
    }
}

extension ScrubPlace: CustomStringConvertible {
    /// For people.
    package var description: String {
        func of(_ path: FilePathBytes?, inode: InodeNumber) -> String { path.map { "\($0)" } ?? "inode \(inode)" }
        switch self {
        case .content(let path, let offset): return "\(path) at byte \(offset)"
        case .file(let path): return "\(path)"
        case .member(let path, let member, let offset): return "\(path): \(member) at byte \(offset)"
        case .name(let path): return "the name of \(path)"
        case .target(let path): return "the target of \(path)"
        case .attribute(let path): return "an attribute of \(path)"
        case .deadNode(let offset, let inode, let path, let status):
            return "\(status) node at \(hex(offset)) of \(of(path, inode: inode))"
        case .oldContent(let offset, let inode, let path):
            return "older content of \(of(path, inode: inode)), up to the node at \(hex(offset))"
        case .raw(let offset, let inside): return "\(inside) at \(hex(offset))"
        case .outside(let offset): return "byte \(hex(offset)) outside of the file system"
        case .line(let number): return "line \(number)"
        }
    }
}

/// Something in an image that should not be published.
package struct ScrubFinding: Sendable {
    /// The `id` of the rule, or `known-secret`.
    package var rule: String
    /// What the rule is about.
    package var description: String
    package var kind: SecretClass
    package var notation: Notation
    package var place: ScrubPlace
    /// What stands in front of the secret, without any of it; printable.
    package var excerpt: String
    /// The bytes as they stand there; of a whole file nothing.
    package var secret: [UInt8]
    /// What is done with it unless the user says otherwise.
    package internal(set) var action: ScrubAction
    /// What to overwrite in the content, name, target or value.
    var range: Range<Int>
    /// See `TextMatch`.
    var foreign: [Bool]
    /// See `TextMatch`.
    var digits: DigitMask?
    /// In which of the searched file systems it is; an index.
    var fileSystem = 0
    /// The way to the member of a packed file: its index, and in archives in archives further ones. A member that is private
    /// as a whole has no secret.
    var member: [Int] = []
    /// The bytes of the stream in which it stands packed, encoded or not, as they are written: all of them go, at `range`.
    var carrier: [UInt8]?
    /// See `TextMatch`.
    var isNumber = false
    /// The value of which `secret` is one of several pieces; nil where it is all of it.
    var whole: [UInt8]?
    /// Which value it is, if it was known before; an index.
    var knownSecret: Int?

    /// The id of findings of known secrets.
    package static let knownSecretRule = "known-secret"
}

extension ScrubFinding {
    init(match: TextMatch, in text: RawSpan, search: SecretSearch, place: ScrubPlace) {
        switch match.origin {
        case .rule(let index):
            let rule = search.rules[index]
            self.rule = rule.id
            description = rule.description
            kind = rule.kind
            action = rule.action
            knownSecret = nil
        case .secret(let index, _):
            rule = Self.knownSecretRule
            description = "known secret"
            kind = .known
            action = .redact
            knownSecret = index
        }
        notation = match.notation
        self.place = place
        range = match.secret
        foreign = match.foreign
        whole = match.whole
        digits = match.digits
        isNumber = match.isNumber
        secret = (try? text.bytes(in: match.secret)) ?? []
        // The name of a setting is no secret; what surrounds a known one may be.
        var lead: [UInt8] = []
        if case .rule = match.origin, match.secret.lowerBound > match.match.lowerBound {
            lead = (try? text.bytes(in: match.match.lowerBound..<match.secret.lowerBound)) ?? []
        }
        excerpt = Self.excerpt(lead)
    }

    /// A whole file.
    init(_ rule: SecretRule, place: ScrubPlace, size: Int) {
        self.rule = rule.id
        description = rule.description
        kind = rule.kind
        notation = .plain
        self.place = place
        excerpt = "\(size) bytes"
        secret = []
        action = rule.action
        range = 0..<size
        foreign = []
    }

    /// The name of the setting in front of a secret, and a mask that does not tell its length. What else stands there may
    /// be another secret.
    private static func excerpt(_ lead: [UInt8]) -> String {
        func isName(_ byte: UInt8) -> Bool {
            ByteText.isAlphanumeric(byte) || [0x2d, 0x2e, 0x5f].contains(byte)
        }
        let mask = "********"
        guard let last = lead.lastIndex(where: isName), lead.count - last <= 8 else { return mask }
        let first = lead[...last].lastIndex { !isName($0) }.map { $0 + 1 } ?? lead.startIndex
        // In a URL a user stands there, in a list the field before.
        let isAlone = first == lead.startIndex || " \t\n\r\0\"'{,;&?<([".utf8.contains(lead[first - 1])
        guard isAlone, last - first < 32,
            lead[(last + 1)...].contains(where: { [0x3d, 0x3a, 0x20, 0x09].contains($0) })
        else { return mask }
        let text = lead[first...].map { (0x20..<0x7f).contains($0) ? $0 : 0x20 }
        return String(decoding: text, as: UTF8.self) + mask
    }
}
