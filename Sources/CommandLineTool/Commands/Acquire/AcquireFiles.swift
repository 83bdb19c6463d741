import Acquisition
import FlashBytes
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files of an acquisition: image, journal, transcript; those of an earlier run are kept.
struct AcquireFiles {
    private let arguments: Acquire
    /// Where the image goes.
    private(set) var image: String
    /// What an earlier run has left, to go on with.
    private(set) var earlier: Journal.Earlier?

    var journal: String { image + ".journal" }
    /// Nil if nothing is to be recorded.
    var transcript: String? { arguments.noTranscript ? nil : arguments.transcript ?? image + ".transcript" }

    /// - Parameter source: nil if the device has to be asked where a partition lies.
    init(arguments: Acquire, source: MemorySource?) {
        self.arguments = arguments
        let prefix =
            source.map(Self.prefix)
            ?? (arguments.partition ?? AcquireArgument.shellDevice(arguments).map { "mtd\($0)" } ?? "flash")
        if let output = arguments.output {
            image = output
        } else if arguments.resume, let newest = Self.newestCut(prefix) {
            image = newest
        } else {
            image = "\(prefix)-\(Self.stamp()).img"
        }
    }

    /// `flash-50000+180000`: what it holds of what.
    private static func prefix(_ source: MemorySource) -> String {
        let kind = if case .memory = source { "memory" } else { "flash" }
        return "\(kind)-\(String(source.start, radix: 16))+\(String(source.size, radix: 16))"
    }

    /// `20260131-1530`, local time.
    private static func stamp() -> String {
        var now = time_t()
        _ = unsafe time(&now)
        var parts = unsafe tm()
        _ = unsafe localtime_r(&now, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return unsafe "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))-\(two(parts.tm_hour))"
            + two(unsafe parts.tm_min) + two(unsafe parts.tm_sec)
    }

    /// The newest image that an earlier run has begun and not finished.
    private static func newestCut(_ prefix: String) -> String? {
        var names: [String] = []
        try? DirectoryNames.forEach(in: ".") { bytes, _ in
            let name = String(decoding: bytes, as: UTF8.self)
            if name.hasPrefix(prefix + "-"), name.hasSuffix(".img.partial") { names.append(String(name.dropLast(8))) }
        }
        return names.max()
    }

    /// Refuses to touch what an earlier run has left, unless it is to be gone on with or replaced.
    mutating func check(_ source: MemorySource?) throws {
        if let source {
            if arguments.resume {
                earlier = try Journal.read(journal, about: source)
                return
            }
            if !arguments.force, Self.exists(image + ".partial"),
                let earlier = try? Journal.read(journal, about: source), !earlier.isEmpty
            {
                throw Failure(
                    "\(image).partial holds what an earlier run has read; go on with --resume, or replace it with --force"
                )
            }
        }
        guard !arguments.force, !arguments.resume else { return }
        // What a run has left that failed before it read anything is of no use; all else is.
        let mayHoldMore = [journal, transcript].compactMap(\.self).filter { !Self.isLeftByFailure($0) }
        for path in [image, arguments.transcript].compactMap(\.self) + mayHoldMore {
            if Self.exists(path), !Self.isSpecial(path) {
                throw Failure("\(path) is there already; give another name with -o, or --force to replace it")
            }
        }
    }

    /// Whether a journal or a transcript is one of a run that has read no block.
    private static func isLeftByFailure(_ path: String) -> Bool {
        guard let file = try? FileBytes(path: path) else { return false }
        return file.withBytes { bytes in
            guard let text = try? bytes.bytes(in: 0..<bytes.byteCount) else { return false }
            let isOurs = text.isEmpty || ["{\"at\":", "{\"event\":"].contains { text.starts(with: Array($0.utf8)) }
            return isOurs && text.firstRange(of: Array("\"event\":\"block\"".utf8)) == nil
        }
    }

    /// Whether an earlier run, or this one, has read something that can be gone on with.
    var isBegun: Bool { Self.exists(image + ".partial") && Self.exists(journal) }

    /// Refuses what is no port before anything is made for it.
    static func check(port: String) throws {
        if NetworkTransport(address: port) != nil { return }
        var status = stat()
        guard unsafe stat(port, &status) == 0 else {
            if errno == ENOENT {
                let error = AcquisitionError.cannotOpen(port: port, .noSuchFileOrDirectory, hint: "")
                throw Failure(error.sentence(isBegun: false))
            }
            return
        }
        if status.st_mode & S_IFMT == S_IFREG {
            throw Failure(
                "\(port): no serial port, but a file; a recorded session is read with --log \(port) -o IMAGE")
        }
    }

    private static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// A device such as /dev/null.
    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }
}
