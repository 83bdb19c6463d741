internal import CPCRE2

/// A regular expression over bytes, compiled once and used by all threads.
///
/// PCRE2 without UTF: a byte is a character. A pattern that names characters beyond Latin-1 is compiled for UTF-8 and
/// steps over bytes that are none.
@safe
package final class BytePattern: @unchecked Sendable {
    // Safe: PCRE2's compiled patterns are not changed by matching; JIT code is made in init.
    private let code: OpaquePointer
    /// As it was written.
    package let source: String
    let groupCount: Int

    /// Why a pattern does not compile.
    package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// A sentence without capital and full stop.
        package let reason: String
        /// Where in the pattern as PCRE2 was given it (bytes).
        package let offset: Int

        package var description: String { "\(reason) (at character \(offset + 1) of the pattern)" }
    }

    /// How a pattern is written.
    package enum Syntax: Sendable {
        case pcre2
        /// Go's.
        case re2
    }

    package init(source: String, syntax: Syntax = .pcre2) throws(Failure) {
        self.source = source
        let text = syntax == .re2 ? RE2Syntax.translated(source) : source
        var options = PCRE2_DOLLAR_ENDONLY | PCRE2_USE_OFFSET_LIMIT | PCRE2_NEVER_BACKSLASH_C
        if Self.needsUnicode(text) {
            options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF
        } else {
            options |= PCRE2_NEVER_UTF
        }
        var error: Int32 = 0
        var offset = 0
        let bytes = Array(text.utf8)
        let code = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe pcre2_compile_8(buffer.baseAddress, buffer.count, options, &error, &offset, nil)
        }
        guard let code = unsafe code else { throw Failure(reason: Self.message(error), offset: offset) }
        unsafe self.code = code
        // Without JIT (not on every processor) the interpreter does the same, slower.
        unsafe pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
        var groups: UInt32 = 0
        unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
        groupCount = Int(groups)
    }

    deinit { unsafe pcre2_code_free_8(code) }

    @unsafe
    func withCode<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(code) }

    /// The number of a group that has a name; nil if there is none.
    func group(named name: String) -> Int? {
        let number = unsafe pcre2_substring_number_from_name_8(code, Array(name.utf8) + [0])
        return number > 0 ? Int(number) : nil
    }

    private static func needsUnicode(_ text: String) -> Bool {
        // A literal character of several bytes inside a class would be a class of its bytes.
        text.utf8.contains { $0 >= 0x80 } || text.contains("\\x{") || text.contains("\\p{") || text.contains("\\P{")
    }

    private static func message(_ error: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            unsafe pcre2_get_error_message_8(error, buffer.baseAddress, buffer.count)
        }
        return String(decoding: buffer.prefix(max(0, Int(length))), as: UTF8.self)
    }
}

/// Runs patterns; one for each thread.
@safe
final class PatternMatcher {
    private let context: OpaquePointer
    private let stack: OpaquePointer?
    private let data: OpaquePointer

    /// What became of a search.
    enum Outcome {
        case none
        /// Ranges of the whole match and of all groups (nil: took no part).
        case match([Range<Int>?])
        /// A limit was hit: the pattern explodes on this text.
        case tooComplex
    }

    /// How many steps one attempt may take: enough for every honest pattern on some KiB, a few milliseconds at most.
    private static let matchLimit: UInt32 = 400_000
    private static let maximumGroups: UInt32 = 32

    init?() {
        guard let context = unsafe pcre2_match_context_create_8(nil),
            let data = unsafe pcre2_match_data_create_8(Self.maximumGroups, nil)
        else { return nil }
        unsafe self.context = context
        unsafe self.data = data
        unsafe stack = pcre2_jit_stack_create_8(32 << 10, 1 << 20, nil)
        unsafe pcre2_set_match_limit_8(context, Self.matchLimit)
        unsafe pcre2_set_depth_limit_8(context, 100_000)
        unsafe pcre2_set_heap_limit_8(context, 32 << 10)
        if let stack = unsafe stack { unsafe pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
    }

    deinit {
        unsafe pcre2_match_data_free_8(data)
        unsafe pcre2_match_context_free_8(context)
        if let stack = unsafe stack { unsafe pcre2_jit_stack_free_8(stack) }
    }

    /// The first match that begins in `range`; what lies before and behind it is seen by the pattern.
    func firstMatch(_ pattern: BytePattern, in text: RawSpan, startingIn range: Range<Int>) -> Outcome {
        unsafe pcre2_set_offset_limit_8(context, range.upperBound)
        let result = unsafe text.withUnsafeBytes { buffer -> Int32 in
            // An empty text needs an address all the same.
            var empty: UInt8 = 0
            return unsafe withUnsafePointer(to: &empty) { empty in
                let base = unsafe buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? empty
                return unsafe pattern.withCode { code in
                    unsafe pcre2_match_8(
                        code, base, buffer.count, min(range.lowerBound, buffer.count), 0, data, context)
                }
            }
        }
        if result == PCRE2_ERROR_NOMATCH { return .none }
        // Less than zero: limits, or what only a bug brings about; zero: more groups than there is room for.
        guard result >= 0 else { return .tooComplex }
        let count = min(pattern.groupCount + 1, Int(Self.maximumGroups))
        var ranges: [Range<Int>?] = []
        let vector = unsafe pcre2_get_ovector_pointer_8(data)
        for group in 0..<count {
            guard let vector = unsafe vector, result == 0 || group < Int(result) else {
                ranges.append(nil)
                continue
            }
            let start = unsafe vector[2 * group]
            let end = unsafe vector[2 * group + 1]
            ranges.append(start == ~0 || end < start ? nil : start..<end)
        }
        return .match(ranges)
    }

    /// Whether a pattern matches anywhere; a pattern that explodes does not.
    func matches(_ pattern: BytePattern, text: RawSpan) -> Bool {
        if case .match = firstMatch(pattern, in: text, startingIn: 0..<text.byteCount) { return true }
        return false
    }

    /// Whether a pattern matches anywhere; a pattern that explodes does not.
    func matches(_ pattern: BytePattern, text: [UInt8]) -> Bool { matches(pattern, text: unsafe text.span.bytes) }
}
