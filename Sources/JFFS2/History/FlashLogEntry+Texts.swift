package import FileTree
import FlashBytes

/// What a node says of itself, for people and for searches.
extension FlashLogEntry {
    /// Its type in one word, or what lies there: `inode`, `erased`.
    package var word: String {
        switch content {
        case .erased: "erased"
        case .zeros: "zeros"
        case .dirt: "dirt"
        default: type.map { "\($0)" } ?? ""
        }
    }

    /// The fields of a node under the names that they have in the kernel.
    ///
    /// - Parameter image: all bytes.
    package func fields(in image: RawSpan) -> [(name: String, value: String)] {
        content.fixedPart?.fields(in: image, at: offset) ?? []
    }

    /// Which sums of a node are wrong, and whether it is cut off; nil where its fields are not there.
    ///
    /// - Parameter image: all bytes.
    package func failedSums(in image: RawSpan) -> [String]? {
        if case .cutOff = content { return type == .inode || type == .dirent ? nil : [] }
        guard let part = content.fixedPart else { return [] }
        return [part.isIntact ? nil : "node CRC", part.failedContentSum(in: image, at: offset)].compactMap { $0 }
    }

    /// The name that a dirent gives, up to its first NUL, as the kernel takes it; nil for what is none.
    ///
    /// - Parameter image: all bytes.
    package func name(in image: RawSpan) -> FileName? {
        guard case .dirent(let raw) = content, let bytes = try? image.bytes(in: raw.nameRange(at: offset)) else {
            return nil
        }
        return FileName(bytes.firstIndex(of: 0).map { Array(bytes[..<$0]) } ?? bytes)
    }

    /// Where the texts of a node lie: the name of a dirent; name and value of an attribute.
    ///
    /// - Parameter size: of the image (bytes).
    package func texts(within size: Int) -> [Range<Int>] {
        (content.fixedPart?.texts(at: offset) ?? []).filter { $0.upperBound <= size && !$0.isEmpty }
    }

    /// Where the data of an inode node begins (bytes from the start of the image); the end of a node that has none.
    package var dataStart: Int {
        if case .inode = content { return min(offset + RawInode.size, end) }
        return end
    }
}

/// What of a node is shown.
extension FlashLogEntry: CustomStringConvertible {
    /// The status of a node by what is shown of it: a deletion keeps an older dirent from coming back, but its name is not
    /// shown.
    package var shownStatus: NodeStatus { isDeletion && status == .live ? .superseded : status }

    /// Whether the tree shows it, or a part of it.
    package var isShown: Bool { shownStatus == .live }

    /// Whether something in it is not shown.
    package var isDead: Bool { !isShown || isPartlyShown }

    /// `obsolete inode node`
    package var description: String {
        (shownStatus == .none ? "" : shownStatus.word + " ") + word + (type == nil ? "" : " node")
    }
}
