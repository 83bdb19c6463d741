#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// libarchive asks the locale what the bytes of a name mean. In that of a program that never set one (`C`), it has no name at
/// all for a member whose name the archive marks as UTF-8 or UTF-16 (zip, 7z, pax) and that is not ASCII.
package enum UTF8Locale {
    /// Does something with a locale of names in UTF-8, in this thread alone, whatever the user's is.
    package static func with<Value, Failure: Error>(
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try with(["C.UTF-8", "UTF-8"], body: body)
    }

    /// Does something with the locale in which bytes are bytes.
    package static func without<Value, Failure: Error>(
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try with(["C"], body: body)
    }

    private static func with<Value, Failure: Error>(
        _ names: [String], body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        var locale = unsafe newlocale(LC_CTYPE_MASK, names[0], nil)
        for name in names.dropFirst() where unsafe locale == nil {
            unsafe locale = newlocale(LC_CTYPE_MASK, name, nil)
        }
        guard let locale = unsafe locale else { return try body() }
        let former = unsafe uselocale(locale)
        defer {
            unsafe uselocale(former)
            unsafe freelocale(locale)
        }
        return try body()
    }
}
