import FileTree

/// What `find` asks of each file, put together as its arguments say.
indirect enum FindExpression {
    case test(FindTest)
    case not(FindExpression)
    case and(FindExpression, FindExpression)
    case or(FindExpression, FindExpression)
    /// Both are asked, the second one counts.
    case both(FindExpression, FindExpression)

    /// Whether it prints, so that nothing has to be added.
    var hasAction: Bool {
        switch self {
        case .test(.print), .test(.printZero), .test(.list), .test(.format): true
        case .test: false
        case .not(let one): one.hasAction
        case .and(let one, let two), .or(let one, let two), .both(let one, let two): one.hasAction || two.hasAction
        }
    }

    /// Whether it wants to know the names of users and groups.
    var asksForNames: Bool {
        switch self {
        case .test(.format), .test(.nameless): true
        case .test: false
        case .not(let one): one.asksForNames
        case .and(let one, let two), .or(let one, let two), .both(let one, let two):
            one.asksForNames || two.asksForNames
        }
    }

    /// The paths in it that stand for files of the image, as they were written.
    var references: [String] {
        switch self {
        case .test(.newer(let path, _)), .test(.sameFile(let path)): [path]
        case .test: []
        case .not(let one): one.references
        case .and(let one, let two), .or(let one, let two), .both(let one, let two): one.references + two.references
        }
    }

    /// The names of users and groups in it.
    var accounts: [FindAccount] {
        switch self {
        case .test(.account(let account)): [account]
        case .test: []
        case .not(let one): one.accounts
        case .and(let one, let two), .or(let one, let two), .both(let one, let two): one.accounts + two.accounts
        }
    }
}

/// `-user` and `-group`: a name that a file of the image explains, or a number.
struct FindAccount: Hashable {
    var name: String
    var isGroup: Bool
}

/// `5`, `+5` (more), `-5` (less).
struct FindNumber: Hashable {
    enum Relation {
        case less, equal, more
    }

    var relation: Relation
    var number: UInt64

    init?(_ text: some StringProtocol) {
        relation = text.hasPrefix("+") ? .more : text.hasPrefix("-") ? .less : .equal
        let digits = relation == .equal ? text[...] : text.dropFirst()
        guard let first = digits.first, first.isNumber, let number = UInt64(digits) else { return nil }
        self.number = number
    }

    func matches(_ value: UInt64) -> Bool {
        switch relation {
        case .less: value < number
        case .equal: value == number
        case .more: value > number
        }
    }
}

/// Which time of a file.
enum FindClock {
    case access, change, modification

    func time(of metadata: Metadata) -> Int64 {
        switch self {
        case .access: metadata.accessTime
        case .change: metadata.changeTime
        case .modification: metadata.modificationTime
        }
    }
}

/// One test or action.
enum FindTest {
    enum PermissionMatch {
        case exact, all, any
    }

    case always(Bool)
    case name(Glob)
    case path(Glob)
    case target(Glob)
    case kinds(Set<FileKind>)
    /// Of what a symlink leads to; its own where that is nothing.
    case destinationKinds(Set<FileKind>)
    /// Sizes are rounded up to whole units.
    case size(FindNumber, unit: UInt64)
    /// Than the modification of a file.
    case newer(String, FindClock)
    /// Than a time (seconds since 1970).
    case after(Int64, FindClock)
    /// How long ago, in whole units (seconds), or in minutes begun; from the end of today instead of now.
    case age(FindNumber, unit: Int64, FindClock, countsFromMidnight: Bool)
    case regex(FindRegex)
    case sameFile(String)
    case permissions(UInt16, PermissionMatch)
    case user(FindNumber)
    case group(FindNumber)
    case account(FindAccount)
    /// Whether the image's own list has no name for the user or the group.
    case nameless(isGroup: Bool)
    /// So many days between the last change of its inode and the last access.
    case used(FindNumber)
    case links(FindNumber)
    case inode(FindNumber)
    case empty
    case prune
    case print
    case printZero
    case list
    case format(FindFormat)
    case quit
}
