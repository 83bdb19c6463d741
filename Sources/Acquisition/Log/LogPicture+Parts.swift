extension LogPicture {
    /// Pictures with the flash that several of them show in parts, which were loaded into the same memory one after the
    /// other and meet: in place of these parts.
    ///
    ///     sf read 82000000 0 10000; md.b 82000000 10000
    ///     sf read 82000000 10000 10000; md.b 82000000 10000
    static func joined(_ pictures: [LogPicture]) -> [LogPicture]? {
        guard pictures.count > 1 else { return nil }
        var parts: [LogLoad] = []
        var others: [LogPicture] = []
        for picture in pictures {
            let loads = picture.loads.filter { $0.flashOffset != nil && $0.isSizeKnown }
            // All that it shows comes from a flash.
            let isOfFlash =
                !picture.isEmpty
                && picture.memory.segments.allSatisfy { segment in
                    var left = RangeList([segment])
                    for load in loads { left.subtract(load.range) }
                    return left.isEmpty
                }
            if isOfFlash { parts += loads } else if !picture.isEmpty { others.append(picture) }
        }
        parts = Array(Set(parts)).sorted {
            ($0.flashOffset ?? 0, $0.range.count) < ($1.flashOffset ?? 0, $1.range.count)
        }
        guard let first = parts.first?.flashOffset, isInOnePlace(parts), !parts.contains(where: \.isShort) else {
            return nil
        }
        var end = first
        for part in parts {
            guard let offset = part.flashOffset, offset <= end else { return nil }
            let (next, isOver) = offset.addingReportingOverflow(UInt64(part.range.count))
            if isOver { return nil }
            end = max(end, next)
        }
        let flash = flash(of: pictures)
        let sizes = pictures.map { $0.size(in: nil) }
        guard flash.size(in: nil) > sizes.max() ?? 0 else { return nil }
        return others + [flash]
    }

    /// Whether parts of a flash were put over others.
    private static func isInOnePlace(_ parts: [LogLoad]) -> Bool {
        zip(parts, parts.dropFirst()).contains { $0.flashOffset != $1.flashOffset && $0.range.overlaps($1.range) }
    }
}
