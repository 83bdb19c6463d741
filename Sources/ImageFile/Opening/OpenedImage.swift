internal import FileTree
package import FirmwareImage
package import FlashBytes
package import JFFS2

/// A file system in an input, with what had to be found out to read it.
package struct OpenedImage: Sendable {
    /// The file, as the user named it.
    package let path: String
    /// The file's bytes.
    package let file: FileBytes
    /// Which file system of the input it is, from 1.
    package let number: Int
    /// The name of its partition, or of the uImage around it, where several are in the input and that is known.
    package let name: String?
    /// What was peeled off, outermost first.
    package private(set) var layers: [InputLayer]
    /// Where the file system lies, after the layers were taken off (bytes).
    package let range: Range<Int>
    /// What is in the image.
    package private(set) var fileSystem: FileSystem
    /// The one by which the image was read, and how certain it is.
    package let eraseSize: EraseSize
    /// How many valid node headers voted for each byte order.
    package let votes: [ByteOrder: Int]

    /// Whether the file was compressed, or in an archive.
    package var isPacked: Bool {
        switch layers.first {
        case .packed, .compressedUImage: true
        default: false
        }
    }

    /// The same, out of the file that was opened.
    func inside(_ file: InputFile) -> OpenedImage {
        var image = self
        image.layers = file.layers + layers
        if let damage = file.damage { image.fileSystem.add(.inputDamaged, severity: .damage, message: damage) }
        return image
    }

    /// The layout of the spare areas that were taken out, if any.
    package var spareArea: SpareArea? {
        for case .spareArea(let area, _) in layers { return area }
        return nil
    }

    /// Bad blocks of a dump with spare areas (bytes, in the data).
    package var badBlocks: [Range<Int>] {
        for case .badBlocks(let ranges) in layers { return ranges }
        return []
    }

    /// The U-Boot image whose data the file system is, if any.
    package var uImage: UImage? {
        for case .uImage(let image) in layers { return image }
        return nil
    }

    /// Whether OpenWrt's end mark stands right behind the file system.
    var endsAtMark: Bool {
        guard spareArea == nil, swapGroup == nil else { return false }
        return file.withBytes { KnownFormat($0, at: range.upperBound) } == .openWrtEndMark
    }

    /// The group that was reversed, if any.
    package var swapGroup: Int? {
        for case .wordSwapped(let group) in layers { return group }
        return nil
    }
}

extension OpenedImage {
    /// The file system that stands at the place of this one in a file that was made from this one's: what is known of this
    /// one is not guessed again.
    ///
    /// - Parameters:
    ///   - file: the whole file.
    ///   - view: the part of it that is looked at, in the order in which it is read.
    ///   - range: where the file system lies in `view` (bytes).
    ///   - layers: what was peeled off `file`.
    package func reread(from file: FileBytes, view: ByteRegion, at range: Range<Int>, layers: [InputLayer])
        -> OpenedImage
    {
        OpenedImage(
            path: path, file: file, number: number, name: name,
            layers: layers.map { layer in
                guard case .uImage(let image) = layer else { return layer }
                return view.withBytes { UImage(reading: $0, at: image.offset) }.map { .uImage($0) } ?? layer
            },
            range: range,
            fileSystem: FileSystem(
                view.region(range), byteOrder: fileSystem.byteOrder, eraseSize: fileSystem.eraseSize),
            eraseSize: eraseSize, votes: votes)
    }
}

extension OpenedImage {
    /// The image as it was at a time, as far as its nodes are still there; the findings say what cannot be known.
    ///
    /// - Parameter time: seconds since 1970 by the clock of the device, inclusive.
    package func at(_ time: UInt32) -> OpenedImage {
        var image = self
        let history = FlashHistory(FlashLog(fileSystem))
        let state = history.state(at: time)
        image.fileSystem = state.fileSystem
        image.addClockSetbacks(of: history)
        func add(_ text: String) { image.fileSystem.add(.reconstructed, severity: .warning, message: text) }
        add(
            "the tree of \(CalendarTime(Int64(time)).text(.seconds)) UTC, put together from the nodes that are left: what the "
                + "garbage collector took since then is missing, and times are those of the device's clock")
        func named(_ paths: [FilePathBytes]) -> String {
            paths.prefix(5).map(\.description).joined(separator: ", ")
                + (paths.count > 5 ? " and \(paths.count - 5) more" : "")
        }
        if !state.doubtfulNames.isEmpty {
            add(
                "may have been deleted before: \(named(state.doubtfulNames)); what took the name away is not on the flash any more"
            )
        }
        if !state.laterNames.isEmpty {
            add("under a name of a later time, since the one of that time is gone: \(named(state.laterNames))")
        }
        if !state.doubtfulFiles.isEmpty {
            add("may be older in part, since versions are gone: \(named(state.doubtfulFiles))")
        }
        if !state.nameless.isEmpty {
            let numbers = state.nameless.prefix(5).map(\.description).joined(separator: ", ")
            let more = state.nameless.count > 5 ? " and \(state.nameless.count - 5) more" : ""
            add("no name is left of inode \(numbers)\(more), which may have been there")
        }
        return image
    }
}

extension OpenedImage {
    /// Adds a finding where the clock of the device went back, so that times tell no order.
    package mutating func addClockSetbacks(of history: FlashHistory) {
        guard let setbacks = history.clockSetbacks() else { return }
        let (time, next) = (CalendarTime(Int64(setbacks.time)), CalendarTime(Int64(setbacks.nextTime)))
        let count = setbacks.fileCount
        fileSystem.add(
            .reconstructed, severity: .warning,
            message: "the clock of the device went back: later versions of \(count) file\(count == 1 ? "" : "s") have "
                + "earlier times (\(setbacks.example): \(time.text(.seconds)), then \(next.text(.seconds)) UTC); the tree of a "
                + "time is put together by the times as they stand, and may be one that never was")
    }
}
