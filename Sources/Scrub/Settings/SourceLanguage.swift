import FlashBytes

/// In which language a file without a telling name is written, where most of its lines say so: a part of an archive, an object of a
/// repository, a program that was installed without its ending.
enum SourceLanguage {
    /// How much of a file is looked at (bytes).
    private static let head = 8192
    private static let mostLines = 160
    /// Endings that say what a file is.
    private static let settings: Set<String> = [
        "conf", "cfg", "cnf", "ini", "json", "xml", "yaml", "yml", "toml", "txt", "log", "env", "properties", "csv",
        "config",
        "plist", "service", "network", "netdev", "list", "ovpn", "rules", "nmconnection", "bin", "dat", "db", "img",
    ]

    /// The path with the ending that the text ought to have; as it is where it has one, or where nobody can tell.
    static func path(_ path: [UInt8], of text: RawSpan) -> [UInt8] {
        let suffix = PathSuffix.of(path)
        guard !settings.contains(suffix), !SettingsSource.codeSuffixes.contains(suffix),
            let bytes = try? text.bytes(in: 0..<min(head, text.byteCount)), let guess = guess(bytes)
        else { return path }
        return path + [0x2e] + Array(guess.utf8)
    }

    /// An ending.
    static func guess(_ text: [UInt8]) -> String? {
        var counts: [String: Int] = [:]
        var surely: Set<String> = []
        var lines = 0
        for line in text.split(separator: 0x0a).prefix(mostLines) {
            let line = ByteText.trimmed(text, range: line.startIndex..<line.endIndex)
            guard !line.isEmpty else { continue }
            lines += 1
            for (language, isSure) in languages(of: line, in: text) {
                counts[language, default: 0] += 1
                if isSure { surely.insert(language) }
            }
        }
        let best = counts.filter { surely.contains($0.key) }.max { ($0.value, $1.key) < ($1.value, $0.key) }
        guard let best, best.value * 10 >= lines * 4 else { return nil }
        return best.key
    }

    /// Of which languages a line may be, and whether of no other.
    private static func languages(of line: Range<Int>, in text: [UInt8]) -> [(String, isSure: Bool)] {
        let words = String(decoding: text[line.prefix(200)], as: UTF8.self)
        func begins(_ starts: [String]) -> Bool { starts.contains { words.hasPrefix($0) } }
        var found: [(String, isSure: Bool)] = []
        if words.hasSuffix(":"), begins(["def ", "async def ", "class "]) {
            found.append(("py", true))
        } else if words.hasSuffix(":"), begins(["if ", "elif ", "else", "for ", "while ", "with ", "try", "except"]) {
            found.append(("py", false))
        } else if begins(["from "]) && words.contains(" import ") || begins(["self."]) {
            found.append(("py", true))
        } else if begins(["import ", "return ", "raise ", "@", "print("]) && !words.hasSuffix(";") {
            found.append(("py", false))
        }
        if words.contains("function") && words.contains("("), words.hasSuffix("{") || words.hasSuffix("}") {
            found.append(("js", true))
        } else if words.contains("=> {") || begins(["module.exports", "export default ", "export const "]) {
            found.append(("js", true))
        } else if begins(["const ", "let ", "var "]), words.contains("=") {
            found.append(("js", false))
        }
        if begins(["#include <", "#include \"", "#define ", "#ifdef ", "#endif"]) {
            found.append(("c", true))
        } else if begins(["static ", "struct ", "int ", "void ", "char ", "const char"]),
            words.contains("(") || words.contains("{")
        {
            found.append(("c", true))
        }
        if begins(["public ", "private ", "protected ", "package "]), words.hasSuffix("{") || words.hasSuffix(";") {
            found.append(("java", true))
        }
        if begins(["func ", "fn "]), words.hasSuffix("{") { found.append((begins(["fn "]) ? "rs" : "go", true)) }
        // What ends in a semicolon or a brace is of any of these.
        if words.hasSuffix(";") || ["}", "{", "});", "};"].contains(words) {
            found += ["js", "c", "java", "rs", "go"].filter { name in !found.contains { $0.0 == name } }.map {
                ($0, false)
            }
        }
        return found
    }
}
