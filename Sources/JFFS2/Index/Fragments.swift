/// A stretch of a file and the node that fills it.
public struct Fragment: Sendable, Hashable {
    /// Where in the file it begins (bytes).
    public var start: UInt32
    /// Where in the file it ends (bytes).
    public var end: UInt32
    /// The node that has these bytes.
    public var node: NodeIndex

    /// How many bytes there are.
    public var count: Int { Int(end) - Int(start) }
}

/// Which node fills which part of a file, the highest version winning everywhere.
///
/// The kernel gets there with a red-black tree of nodes that it prunes as it reads (readinode.c) and a tree of
/// fragments (nodelist.c). What remains is the same as painting all sound nodes in the order of their versions, which
/// is done here by one sweep over the file: O(n log n) for any order of arrival.
enum Fragments {
    /// A data node that may be part of the file.
    struct Piece {
        var version: UInt32
        var start: UInt32
        /// Exclusive; may exceed 32 bits in a hostile image.
        var end: UInt64
        /// Of two nodes of one version, the later one wins.
        var node: NodeIndex
    }

    /// Ascending, disjoint fragments; neighbours of one node are joined.
    ///
    /// - Parameter pieces: sound data nodes, none of them empty.
    static func resolve(_ pieces: [Piece]) -> [Fragment] {
        let pieces = pieces.sorted { $0.start != $1.start ? $0.start < $1.start : $0.version < $1.version }
        var fragments: [Fragment] = []
        fragments.reserveCapacity(pieces.count)
        var covering = Heap(pieces)
        var at: UInt64 = 0
        for (index, piece) in pieces.enumerated() {
            emit(until: UInt64(piece.start), &at, covering: &covering, pieces: pieces, fragments: &fragments)
            at = UInt64(piece.start)
            covering.push(index)
        }
        emit(until: .max, &at, covering: &covering, pieces: pieces, fragments: &fragments)
        return fragments
    }

    /// Writes out what covers the file from `at` up to `limit`, the highest version first.
    private static func emit(
        until limit: UInt64, _ at: inout UInt64, covering: inout Heap, pieces: [Piece],
        fragments: inout [Fragment]
    ) {
        while at < limit, let top = covering.top {
            let piece = pieces[top]
            let end = min(piece.end, limit)
            if end > at, at < UInt64(UInt32.max) {
                append(
                    Fragment(
                        start: UInt32(at), end: UInt32(min(end, UInt64(UInt32.max))), node: piece.node),
                    to: &fragments)
            }
            at = max(at, end)
            if piece.end <= at { covering.pop() }
        }
    }

    private static func append(_ fragment: Fragment, to fragments: inout [Fragment]) {
        if let last = fragments.last, last.node == fragment.node, last.end == fragment.start {
            fragments[fragments.count - 1].end = fragment.end
        } else {
            fragments.append(fragment)
        }
    }

    /// Pieces that begin at or before the sweep's position, the highest version on top.
    private struct Heap {
        private var items: [Int] = []
        private let pieces: [Piece]

        init(_ pieces: [Piece]) { self.pieces = pieces }

        var top: Int? { items.first }

        mutating func push(_ item: Int) {
            items.append(item)
            var child = items.count - 1
            while child > 0 {
                let parent = (child - 1) / 2
                guard isBefore(items[child], right: items[parent]) else { return }
                items.swapAt(child, parent)
                child = parent
            }
        }

        mutating func pop() {
            guard let last = items.popLast(), !items.isEmpty else { return }
            items[0] = last
            var parent = 0
            while true {
                var first = parent
                for child in [2 * parent + 1, 2 * parent + 2]
                where child < items.count && isBefore(items[child], right: items[first]) { first = child }
                if first == parent { return }
                items.swapAt(first, parent)
                parent = first
            }
        }

        private func isBefore(_ left: Int, right: Int) -> Bool {
            let left = pieces[left]
            let right = pieces[right]
            return left.version != right.version ? left.version > right.version : left.node > right.node
        }
    }
}
