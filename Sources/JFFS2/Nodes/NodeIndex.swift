/// Which of the nodes that a scan met (`NodeScan.nodes`).
public struct NodeIndex: RawRepresentable, Sendable, Hashable, Comparable {
    /// The place in `NodeScan.nodes`.
    public let rawValue: UInt32

    /// The node at this place.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The node at a place in `NodeScan.nodes`, of which there are fewer than bytes in a flash of 4 GiB.
    @inlinable
    init(_ place: Int) { rawValue = UInt32(truncatingIfNeeded: place) }

    /// Whether the scan met the left one first.
    @inlinable
    public static func < (left: NodeIndex, right: NodeIndex) -> Bool { left.rawValue < right.rawValue }
}

extension NodeScan {
    /// A node.
    @inlinable
    public subscript(node: NodeIndex) -> ScannedNode { nodes[Int(node.rawValue)] }

    /// Where a node lies (bytes from the start of the image).
    @inlinable
    public func offset(of node: NodeIndex) -> Int { Int(nodes[Int(node.rawValue)].offset) }
}

extension [NodeStatus] {
    /// What a node of the scan means.
    @inlinable
    public subscript(node: NodeIndex) -> NodeStatus {
        get { self[Int(node.rawValue)] }
        set { self[Int(node.rawValue)] = newValue }
    }
}
