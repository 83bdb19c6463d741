internal import CTOML

/// A value of a TOML file, with its line.
indirect enum TOMLValue: Sendable {
    case table([String: TOMLEntry])
    case array([TOMLEntry])
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// Dates and times.
    case other
}

/// A value and where it stands.
struct TOMLEntry: Sendable {
    var line: Int
    var value: TOMLValue

    var string: String? { if case .string(let text) = value { text } else { nil } }
    var boolean: Bool? { if case .boolean(let flag) = value { flag } else { nil } }
    var array: [TOMLEntry]? { if case .array(let entries) = value { entries } else { nil } }
    var table: [String: TOMLEntry]? { if case .table(let entries) = value { entries } else { nil } }
    var integer: Int? { if case .integer(let number) = value { Int(number) } else { nil } }
    var number: Double? {
        switch value {
        case .integer(let number): Double(number)
        case .float(let number): number
        default: nil
        }
    }
}

/// Reads TOML through toml++.
enum TOMLDocument {
    static func parse(_ text: [UInt8], file: String) throws(RuleFileError) -> [String: TOMLEntry] {
        let builder = Builder()
        var error = ctoml_error()
        let status = unsafe text.withUnsafeBytes { buffer in
            withExtendedLifetime(builder) {
                unsafe ctoml_parse(
                    buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count,
                    { context, event in
                        guard let context = unsafe context, let event = unsafe event else { return }
                        unsafe Unmanaged<Builder>.fromOpaque(context).takeUnretainedValue().take(event.pointee)
                    }, Unmanaged.passUnretained(builder).toOpaque(), &error)
            }
        }
        if status != 0 {
            let message = unsafe withUnsafeBytes(of: &error.message) { buffer in
                unsafe String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw RuleFileError(file: file, line: error.line > 0 ? Int(error.line) : nil, reason: message)
        }
        return builder.root?.table ?? [:]
    }

    /// Puts values together from events.
    private final class Builder {
        private enum Open {
            case table(line: Int, [String: TOMLEntry])
            case array(line: Int, [TOMLEntry])
        }

        private var open: [Open] = []
        private var keys: [String] = []
        private(set) var root: TOMLEntry?

        @unsafe
        func take(_ event: ctoml_event) {
            let line = unsafe Int(event.line)
            switch unsafe event.kind {
            case CTOML_TABLE_BEGIN: open.append(.table(line: line, [:]))
            case CTOML_ARRAY_BEGIN: open.append(.array(line: line, []))
            case CTOML_KEY: keys.append(unsafe text(event))
            case CTOML_STRING: add(TOMLEntry(line: line, value: .string(unsafe text(event))))
            case CTOML_INTEGER: add(TOMLEntry(line: line, value: .integer(unsafe event.integer)))
            case CTOML_FLOAT: add(TOMLEntry(line: line, value: .float(unsafe event.number)))
            case CTOML_BOOLEAN: add(TOMLEntry(line: line, value: .boolean(unsafe event.integer != 0)))
            case CTOML_TABLE_END, CTOML_ARRAY_END:
                switch open.popLast() {
                case .table(let line, let entries): add(TOMLEntry(line: line, value: .table(entries)))
                case .array(let line, let entries): add(TOMLEntry(line: line, value: .array(entries)))
                case nil: break
                }
            default: add(TOMLEntry(line: line, value: .other))
            }
        }

        @unsafe
        private func text(_ event: ctoml_event) -> String {
            unsafe String(decoding: UnsafeRawBufferPointer(start: event.text, count: event.size), as: UTF8.self)
        }

        private func add(_ entry: TOMLEntry) {
            switch open.popLast() {
            case .table(let line, var entries):
                if let key = keys.popLast() { entries[key] = entry }
                open.append(.table(line: line, entries))
            case .array(let line, var entries):
                entries.append(entry)
                open.append(.array(line: line, entries))
            case nil: root = entry
            }
        }
    }
}
