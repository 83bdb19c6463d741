/// Files that hold what a program says in some language: `"password": "Passwort"` is none.
enum TranslationFile {
    private static let folders: Set<String> = [
        "lang", "langs", "language", "languages", "locale", "locales", "i18n", "l10n", "translation", "translations",
        "strings", "messages", "lc_messages", "multilang",
    ]
    private static let suffixes: Set<String> = [
        "json", "js", "xml", "ini", "txt", "lua", "properties", "strings", "po", "pot", "lng", "lang", "dic", "php",
        "yml", "yaml", "ts", "conf", "resx", "arb", "xlf",
    ]

    /// - Parameter path: without `/` in front.
    static func isOne(_ path: [UInt8]) -> Bool {
        let parts = String(decoding: path, as: UTF8.self).lowercased().split(separator: "/")
        guard let name = parts.last else { return false }
        let words = name.split { ".-_".contains($0) }
        guard words.count >= 2, let last = words.last, suffixes.contains(String(last)) else { return false }
        if parts.dropLast().contains(where: { folders.contains(String($0)) }) { return true }
        if ["po", "pot", "lng", "lang", "strings", "arb", "resx", "xlf"].contains(last) { return true }
        // `de.json`, `pt_BR.js`, `messages_fr.properties`, `lang-de.js`
        let code = words.dropLast()
        if code.count >= 2, folders.contains(String(code[0])) { return true }
        // Beside a word for languages, or with a country: `ap.conf` and `db.json` are settings.
        let isCode = code[0].count == 2 && code[0].allSatisfy(\.isLetter)
        if code.count == 2, code[1].count == 2 {
            return isCode && languages.contains(String(code[0])) && code[1].allSatisfy(\.isLetter)
        }
        return isCode && code.count == 1 && languages.contains(String(code[0])) && texts.contains(String(last))
    }

    /// Of ISO 639, those that programs of devices have; none that is the short name of a thing (`ap`, `db`, `wl`, `nv`, `io`).
    private static let languages: Set<String> = [
        "ar", "bg", "bn", "ca", "cs", "cz", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "gl", "he",
        "hi", "hr", "hu",
        "hy", "it", "ja", "jp", "ka", "ko", "kr", "lt", "lv", "ms", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru",
        "sk", "sl", "sr",
        "sv", "ta", "th", "tr", "uk", "ur", "uz", "vi", "zh", "cn", "tw", "br",
    ]
    /// Of a language's name alone, endings that settings have hardly ever.
    private static let texts: Set<String> = [
        "js", "xml", "properties", "lua", "php", "ts", "resx", "dic", "json", "yml", "yaml",
    ]
}
