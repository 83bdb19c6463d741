import ArgumentParser
import JFFS2

/// `-m`, `-x`, `-X` and `-y`: which codec gets a page.
struct CompressorChoice {
    /// `-m`.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case none, priority, size, favourlzo
    }

    /// `-y PRIO:NAME`.
    struct Priority {
        var priority: Int
        var codec: Compression

        init(_ text: String) throws {
            let parts = text.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let priority = Int(parts[0]), priority >= 0 else {
                throw ValidationError("'\(text)' is no priority; write it as 70:zlib")
            }
            self.priority = priority
            codec = try CompressorChoice.name(String(parts[1]))
        }
    }

    /// A codec, whether it is used unless said otherwise, and which goes first (the higher one).
    struct Entry {
        var codec: Compression
        var isEnabled: Bool
        var priority: Int
    }

    var mode: Mode?
    var disabled: [Compression] = []
    var enabled: [Compression] = []
    var priorities: [Priority] = []

    /// All that there are encoders for, as mkfs.jffs2 ranks them.
    static let known = Codec.ranked.map { codec in
        Entry(codec: codec.compression, isEnabled: codec.isUsedByDefault, priority: codec.priority ?? 0)
    }

    /// Their names, for the help.
    static let names = Codec.ranked.sorted { $0.name < $1.name }
        .map { $0.name + ($0.kernels == .openWrt ? " (OpenWrt's kernels only)" : "") }
        .joined(separator: ", ")

    static func name(_ text: String) throws -> Compression {
        guard let entry = known.first(where: { $0.codec.description == text }) else {
            throw ValidationError(
                "there is no codec '\(text)'; there are \(known.map(\.codec.description).joined(separator: ", "))")
        }
        return entry.codec
    }

    /// Those in use, the first choice first.
    var entries: [Entry] {
        var entries = Self.known
        for index in entries.indices {
            let codec = entries[index].codec
            if disabled.contains(codec) { entries[index].isEnabled = false }
            if enabled.contains(codec) { entries[index].isEnabled = true }
            if let given = priorities.last(where: { $0.codec == codec }) { entries[index].priority = given.priority }
        }
        return entries.sorted { $0.priority > $1.priority }
    }

    /// For the library. Unless the user chose anything: zlib alone, but where mkfs.jffs2 is followed.
    func settings(isCompatible: Bool) -> CompressionSettings {
        var settings = CompressionSettings()
        if !isCompatible, mode == nil, disabled.isEmpty, enabled.isEmpty, priorities.isEmpty { return settings }
        settings.codecs = entries.filter(\.isEnabled).map(\.codec)
        switch mode ?? .priority {
        case .none: settings.selection = .none
        case .priority: settings.selection = .priority
        case .size: settings.selection = .smallest
        case .favourlzo: settings.selection = .favourLZO
        }
        return settings
    }
}
