/// Values that were found, in programs.
extension SecretSearch {
    /// Whether a value that was found is none that a program has as a word or a table: one of signs of three kinds.
    func isUnmistakable(_ secret: Int) -> Bool {
        if secret < given { return true }
        let bytes = secrets[secret].bytes
        let kinds = [
            bytes.contains(where: ByteText.isDigit), bytes.contains { (0x41...0x5a).contains($0) },
            bytes.contains { (0x61...0x7a).contains($0) },
            bytes.contains { !ByteText.isDigit($0) && !ByteText.isLetter($0) },
        ].count { $0 }
        // `0123456789abcdef`
        let steps = zip(bytes, bytes.dropFirst()).count { $1 == $0 &+ 1 }
        return bytes.count >= 10 && kinds >= 3 && steps * 2 < bytes.count
    }
}
