import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// Asks the files of a tree what an expression wants to know.
struct FindMatcher {
    /// What is found, to be printed.
    enum Action {
        case print, printZero, list
        case bytes([UInt8])
        case quit
    }

    private let tree: FileTree
    private let expression: FindExpression
    private var references: [String: InodeID] = [:]
    private var accounts: [FindAccount: UInt32] = [:]
    private let nameCounts: [UInt32]
    /// From which ages count (seconds since 1970).
    private let now: Int64
    /// Names of users and groups, where they are asked for.
    private var names: (users: [UInt32: String], groups: [UInt32: String]) = ([:], [:])

    /// A file that is asked.
    private struct Subject {
        let trail: PathTrail
        let id: InodeID
        let inode: Inode
        var isPruned = false
    }

    /// - Parameter now: from which ages count (seconds since 1970).
    /// - Throws: `Failure` for a file or a user in the expression that the image does not have.
    init(_ expression: FindExpression?, in image: OpenedImage, now: Int64) throws {
        self.now = now
        tree = image.fileSystem.tree
        nameCounts = tree.nameCounts()
        let asked = expression ?? .test(.always(true))
        self.expression = asked.hasAction ? asked : .and(asked, .test(.print))
        for text in asked.references {
            guard let id = tree.path(spelledBy: text).flatMap({ tree.find($0) }) else {
                throw Failure("\(image.path): \(FilePathBytes(text)): not in the image")
            }
            references[text] = id
        }
        for account in asked.accounts { accounts[account] = try number(of: account, in: image) }
        if self.expression.asksForNames {
            names = (Self.names(in: "etc/passwd", of: tree), Self.names(in: "etc/group", of: tree))
        }
    }

    /// The names that a list of the image has for numbers, of each the first one.
    private static func names(in list: FilePathBytes, of tree: FileTree) -> [UInt32: String] {
        var names: [UInt32: String] = [:]
        for line in ((try? tree.read(list)) ?? []).split(separator: 0x0a) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields.count > 2, let number = UInt32(String(decoding: fields[2], as: UTF8.self)),
                names[number] == nil
            else { continue }
            names[number] = printable(Array(fields[0]))
        }
        return names
    }

    /// By the image's own list of names, else as a number.
    private func number(of account: FindAccount, in image: OpenedImage) throws -> UInt32 {
        let list: FilePathBytes = account.isGroup ? "etc/group" : "etc/passwd"
        for line in ((try? tree.read(list)) ?? []).split(separator: 0x0a) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            if fields.count > 2, fields[0].elementsEqual(account.name.utf8),
                let number = UInt32(String(decoding: fields[2], as: UTF8.self))
            {
                return number
            }
        }
        if let number = UInt32(account.name) { return number }
        let what = account.isGroup ? "-group" : "-user"
        throw Failure("\(image.path): find: \(what) '\(Printable.text(account.name))' is not in \(list)")
    }

    /// Asks one file.
    ///
    /// - Parameter act: takes what is to be printed of it.
    /// - Returns: whether what is in it is left out.
    func visit(_ trail: PathTrail, id: InodeID, act: (Action) -> Void) -> Bool {
        var subject = Subject(trail: trail, id: id, inode: tree[id])
        _ = holds(expression, of: &subject, act: act)
        return subject.isPruned
    }

    private func holds(_ expression: FindExpression, of subject: inout Subject, act: (Action) -> Void) -> Bool {
        switch expression {
        case .test(let test): return holds(test, of: &subject, act: act)
        case .not(let one): return !holds(one, of: &subject, act: act)
        case .and(let one, let two): return holds(one, of: &subject, act: act) && holds(two, of: &subject, act: act)
        case .or(let one, let two): return holds(one, of: &subject, act: act) || holds(two, of: &subject, act: act)
        case .both(let one, let two):
            _ = holds(one, of: &subject, act: act)
            return holds(two, of: &subject, act: act)
        }
    }

    private func holds(_ test: FindTest, of subject: inout Subject, act: (Action) -> Void) -> Bool {
        let inode = subject.inode
        switch test {
        case .always(let answer): return answer
        case .name(let glob):
            let name = subject.trail.names.last?.bytes ?? [UInt8(ascii: "/")]
            return glob.matches(name)
        case .path(let glob):
            return glob.matches([UInt8(ascii: "/")] + subject.trail.path.bytes)
        case .target(let glob):
            guard case .symbolicLink(let target) = inode.payload else { return false }
            return glob.matches(target)
        case .kinds(let kinds): return kinds.contains(inode.kind)
        case .destinationKinds(let kinds): return isOne(of: kinds, behind: subject)
        case .size(let number, let unit):
            return number.matches(inode.size / unit + (inode.size % unit > 0 ? 1 : 0))
        case .newer(let path, let clock):
            guard let other = references[path] else { return false }
            return clock.time(of: inode.metadata) > tree[other].metadata.modificationTime
        case .after(let time, let clock): return clock.time(of: inode.metadata) > time
        case .age(let number, let unit, let clock, let countsFromMidnight):
            let now = countsFromMidnight ? (now / 86_400 + 1) * 86_400 : now
            return Self.matches(number, age: now - clock.time(of: inode.metadata), unit: unit)
        case .regex(let regex): return regex.matches(subject.trail)
        case .sameFile(let path): return references[path] == subject.id
        case .permissions(let wanted, let match):
            return Self.matches(inode.metadata.permissions & 0o7777, wanted: wanted, as: match)
        case .user(let number): return number.matches(UInt64(inode.metadata.owner))
        case .group(let number): return number.matches(UInt64(inode.metadata.group))
        case .account(let account):
            return accounts[account] == (account.isGroup ? inode.metadata.group : inode.metadata.owner)
        case .nameless(let isGroup):
            return isGroup
                ? names.groups[inode.metadata.group] == nil : names.users[inode.metadata.owner] == nil
        case .used(let number):
            let (access, change) = (inode.metadata.accessTime, inode.metadata.changeTime)
            return access >= change && Self.matches(number, age: access - change, unit: 86_400)
        case .links(let number):
            return number.matches(UInt64(inode.linkCount ?? nameCounts[subject.id.index]))
        case .inode(let number): return number.matches(UInt64(inode.number?.rawValue ?? 0))
        case .empty:
            switch inode.payload {
            case .regular: return inode.size == 0
            case .directory(let entries): return entries.isEmpty
            default: return false
            }
        case .prune: subject.isPruned = true
        case .print: act(.print)
        case .printZero: act(.printZero)
        case .list: act(.list)
        case .quit: act(.quit)
        case .format(let format): act(.bytes(format.bytes(formatted(subject))))
        }
        return true
    }

    private func formatted(_ subject: Subject) -> FindFormat.Subject {
        let metadata = subject.inode.metadata
        return FindFormat.Subject(
            trail: subject.trail, inode: subject.inode, links: subject.inode.linkCount ?? nameCounts[subject.id.index],
            user: names.users[metadata.owner], group: names.groups[metadata.group],
            destination: destination(of: subject))
    }

    private func isOne(of kinds: Set<FileKind>, behind subject: Subject) -> Bool {
        guard subject.inode.kind == .symbolicLink else { return kinds.contains(subject.inode.kind) }
        switch tree.following(subject.trail.path) {
        case .file(let end, _): return kinds.contains(tree[end].kind)
        case .missing: return kinds.contains(.symbolicLink)
        // As with find, which complains of it.
        case .loop: return false
        }
    }

    private func destination(of subject: Subject) -> String {
        guard subject.inode.kind == .symbolicLink else { return FindFormat.letter(of: subject.inode.kind) }
        return switch tree.following(subject.trail.path) {
        case .file(let end, _): FindFormat.letter(of: tree[end].kind)
        case .missing: "N"
        case .loop: "L"
        }
    }

    private static func matches(_ bits: UInt16, wanted: UInt16, as match: FindTest.PermissionMatch) -> Bool {
        switch match {
        case .exact: bits == wanted
        case .all: bits & wanted == wanted
        case .any: wanted == 0 || bits & wanted != 0
        }
    }

    /// Of days, those count that are over; minute N is the one before N are over.
    private static func matches(_ number: FindNumber, age: Int64, unit: Int64) -> Bool {
        guard let count = Int64(exactly: number.number), case let limit = count.multipliedReportingOverflow(by: unit),
            !limit.overflow, limit.partialValue < .max - unit
        else { return number.relation == .less }
        let (start, isDays) = (limit.partialValue, unit > 60)
        switch number.relation {
        case .less: return age < start
        case .equal: return isDays ? age >= start && age < start + unit : age >= start - unit && age < start
        case .more: return isDays ? age >= start + unit : age > start
        }
    }
}
