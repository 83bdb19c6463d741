package import FileTree

extension ImageConfiguration {
    /// What an image holds of an inode's metadata: its times as they are stored.
    package func storedMetadata(of inode: Inode) -> Metadata {
        var stored = inode.metadata.sorted
        stored.accessTime = times.applied(to: stored.accessTime)
        stored.modificationTime = times.applied(to: stored.modificationTime)
        stored.changeTime = times.applied(to: stored.changeTime)
        if isCompatible {
            stored.accessTime = stored.modificationTime
            stored.changeTime = stored.modificationTime
        }
        return stored
    }
}

extension Metadata {
    /// With the extended attributes in the order of their names.
    var sorted: Metadata {
        if extendedAttributes.count < 2 { return self }
        var sorted = self
        sorted.extendedAttributes.sort { $0.name.lexicographicallyPrecedes($1.name) }
        return sorted
    }
}
