/// `xprefix` of an xattr node: what stands in front of the attribute's name.
package enum AttributePrefix: UInt8, Sendable, CaseIterable {
    case user = 1
    case security = 2
    case accessACL = 3
    case defaultACL = 4
    case trusted = 5

    /// The prefix, or for access control lists the whole name, in the host's terms.
    package var text: String {
        switch self {
        case .user: "user."
        case .security: "security."
        case .accessACL: "system.posix_acl_access"
        case .defaultACL: "system.posix_acl_default"
        case .trusted: "trusted."
        }
    }

    /// Whether the attribute is an access control list, whose value JFFS2 stores in a form of its own.
    package var isACL: Bool { self == .accessACL || self == .defaultACL }

    /// Splits a full name as `getxattr` takes it; nil for a name space that JFFS2 does not know.
    package static func split(_ name: [UInt8]) -> (prefix: AttributePrefix, name: [UInt8])? {
        for prefix in allCases {
            let text = Array(prefix.text.utf8)
            guard name.starts(with: text) else { continue }
            let rest = Array(name.dropFirst(text.count))
            if prefix.isACL == rest.isEmpty { return (prefix, rest) }
        }
        return nil
    }

    /// The full name of an attribute whose stored name is `name`.
    package func fullName(_ name: [UInt8]) -> [UInt8] { Array(text.utf8) + (isACL ? [] : name) }
}
