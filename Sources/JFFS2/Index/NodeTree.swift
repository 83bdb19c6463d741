/// A red-black tree of the data nodes of one inode, ordered as the kernel's readinode.c orders them: by the place in the
/// file at which they begin, then by size.
///
/// The shape of the tree decides what a look-up meets, and so which nodes Linux checks: it is that of the kernel's
/// lib/rbtree.c.
struct NodeTree {
    private struct Link {
        var parent = -1
        var left = -1
        var right = -1
        var isRed = true
    }

    private var links: [Link]
    private var root = -1

    /// - Parameter count: how many nodes there may be; they are numbers below it.
    init(count: Int) { links = [Link](repeating: Link(), count: count) }

    // MARK: - Looking

    /// The node at the end of a way down; `goesRight` says at each whether it goes on to the right.
    func descend(_ goesRight: (Int) -> Bool) -> Int? {
        var last = -1
        var at = root
        while at >= 0 {
            last = at
            at = goesRight(at) ? links[at].right : links[at].left
        }
        return last < 0 ? nil : last
    }

    func next(_ node: Int) -> Int? {
        if links[node].right >= 0 { return leftmost(links[node].right) }
        var (child, parent) = (node, links[node].parent)
        while parent >= 0, links[parent].right == child { (child, parent) = (parent, links[parent].parent) }
        return parent < 0 ? nil : parent
    }

    func previous(_ node: Int) -> Int? {
        if links[node].left >= 0 {
            var at = links[node].left
            while links[at].right >= 0 { at = links[at].right }
            return at
        }
        var (child, parent) = (node, links[node].parent)
        while parent >= 0, links[parent].left == child { (child, parent) = (parent, links[parent].parent) }
        return parent < 0 ? nil : parent
    }

    /// All nodes in order.
    var ordered: [Int] {
        var nodes: [Int] = []
        var at = root < 0 ? nil : Optional(leftmost(root))
        while let node = at {
            nodes.append(node)
            at = next(node)
        }
        return nodes
    }

    private func leftmost(_ node: Int) -> Int {
        var at = node
        while links[at].left >= 0 { at = links[at].left }
        return at
    }

    // MARK: - Changing

    /// Puts a node in at the end of a way down.
    mutating func insert(_ node: Int, goesRight: (Int) -> Bool) {
        links[node] = Link()
        guard let parent = descend(goesRight) else {
            root = node
            links[node].isRed = false
            return
        }
        links[node].parent = parent
        if goesRight(parent) { links[parent].right = node } else { links[parent].left = node }
        balance(after: node)
    }

    /// Puts a node in the very place of another one.
    mutating func replace(_ old: Int, with new: Int) {
        links[new] = links[old]
        let link = links[old]
        if link.left >= 0 { links[link.left].parent = new }
        if link.right >= 0 { links[link.right].parent = new }
        point(from: link.parent, at: old, to: new)
    }

    mutating func remove(_ node: Int) {
        var isBlackGone = !links[node].isRed
        let (left, right) = (links[node].left, links[node].right)
        var child: Int
        var parent: Int
        if left < 0 || right < 0 {
            child = left < 0 ? right : left
            parent = links[node].parent
            transplant(node, new: child)
        } else {
            let successor = leftmost(right)
            isBlackGone = !links[successor].isRed
            child = links[successor].right
            if links[successor].parent == node {
                parent = successor
            } else {
                parent = links[successor].parent
                transplant(successor, new: child)
                links[successor].right = right
                links[right].parent = successor
            }
            transplant(node, new: successor)
            links[successor].left = left
            links[left].parent = successor
            links[successor].isRed = links[node].isRed
        }
        if isBlackGone { balance(below: &parent, &child) }
    }

    private mutating func point(from parent: Int, at old: Int, to new: Int) {
        if parent < 0 {
            root = new
        } else if links[parent].left == old {
            links[parent].left = new
        } else {
            links[parent].right = new
        }
    }

    private mutating func transplant(_ old: Int, new: Int) {
        point(from: links[old].parent, at: old, to: new)
        if new >= 0 { links[new].parent = links[old].parent }
    }

    private mutating func rotate(_ node: Int, toLeft: Bool) {
        let child = toLeft ? links[node].right : links[node].left
        let inner = toLeft ? links[child].left : links[child].right
        if toLeft { links[node].right = inner } else { links[node].left = inner }
        if inner >= 0 { links[inner].parent = node }
        transplant(node, new: child)
        if toLeft { links[child].left = node } else { links[child].right = node }
        links[node].parent = child
    }

    private func isRed(_ node: Int) -> Bool { node >= 0 && links[node].isRed }

    private mutating func balance(after inserted: Int) {
        var node = inserted
        while isRed(links[node].parent) {
            var parent = links[node].parent
            let grandparent = links[parent].parent
            let isLeft = links[grandparent].left == parent
            let uncle = isLeft ? links[grandparent].right : links[grandparent].left
            if isRed(uncle) {
                links[parent].isRed = false
                links[uncle].isRed = false
                links[grandparent].isRed = true
                node = grandparent
                continue
            }
            if node == (isLeft ? links[parent].right : links[parent].left) {
                rotate(parent, toLeft: isLeft)
                (node, parent) = (parent, node)
            }
            links[parent].isRed = false
            links[grandparent].isRed = true
            rotate(grandparent, toLeft: !isLeft)
        }
        links[root].isRed = false
    }

    private mutating func balance(below parent: inout Int, _ child: inout Int) {
        while child != root, !isRed(child), parent >= 0 {
            let isLeft = links[parent].left == child
            var sibling = isLeft ? links[parent].right : links[parent].left
            if isRed(sibling) {
                links[sibling].isRed = false
                links[parent].isRed = true
                rotate(parent, toLeft: isLeft)
                sibling = isLeft ? links[parent].right : links[parent].left
            }
            var outer = isLeft ? links[sibling].right : links[sibling].left
            let inner = isLeft ? links[sibling].left : links[sibling].right
            if !isRed(outer), !isRed(inner) {
                links[sibling].isRed = true
                child = parent
                parent = links[child].parent
                continue
            }
            if !isRed(outer) {
                links[inner].isRed = false
                links[sibling].isRed = true
                rotate(sibling, toLeft: !isLeft)
                sibling = isLeft ? links[parent].right : links[parent].left
                outer = isLeft ? links[sibling].right : links[sibling].left
            }
            links[sibling].isRed = links[parent].isRed
            links[parent].isRed = false
            links[outer].isRed = false
            rotate(parent, toLeft: isLeft)
            child = root
        }
        if child >= 0 { links[child].isRed = false }
    }
}
