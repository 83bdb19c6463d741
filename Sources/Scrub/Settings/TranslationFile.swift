/// Files that hold what a program says in some language: `"password": "Passwort"` is none.
enum TranslationFile {
    private static let folders: Set<String> = [
        "lang", "langs", "language", "languages", "locale", "locales", "i18n", "l10n", "translation", "translations",
        "strings", "messages", "lc_messages", "multilang",
    ]
    private static let suffixes: Set<String> = [
        "json", "js", "xml", "ini", "txt", "lua", "properties", "strings", "po", "pot", "lng", "lang", "dic", "php",
        "yml", "yaml", "ts", "conf", "resx",
    ]

    /// - Parameter path: without `/` in front.
    static func isOne(_ path: [UInt8]) -> Bool {
        let parts = String(decoding: path, as: UTF8.self).lowercased().split(separator: "/")
        guard let name = parts.last else { return false }
        let words = name.split { ".-_".contains($0) }
        guard words.count >= 2, let last = words.last, suffixes.contains(String(last)) else { return false }
        if parts.dropLast().contains(where: { folders.contains(String($0)) }) { return true }
        if ["po", "pot", "lng", "lang", "strings"].contains(last) { return true }
        // `de.json`, `pt_BR.js`, `messages_fr.properties`, `lang-de.js`
        let code = words.dropLast()
        if code.count >= 2, folders.contains(String(code[0])) { return true }
        return code[0].count == 2 && code[0].allSatisfy(\.isLetter)
            && (code.count == 1 || code.count == 2 && code[1].count == 2)
    }
}
