/// Finds the rate and the prompt of a console that somebody left in whatever state.
struct PromptFinder {
    let console: Console
    /// Rates to be tried when nothing readable comes at the given one.
    static let rates = [115_200, 57_600, 38_400, 9_600, 230_400, 460_800, 921_600, 1_500_000]

    /// Learns the prompt; tries other rates when nothing readable comes.
    ///
    /// - Returns: the version that the board told, if it has that command.
    func find(note: (String) -> Void) throws(AcquisitionError) -> String? {
        var tried: [Int] = []
        let given = console.transport.baudRate
        var first: AcquisitionError?
        for rate in [given].compactMap(\.self) + (given == nil ? [0] : Self.rates.filter { $0 != given }) {
            if rate != given, given != nil {
                do throws(AcquisitionError) { try console.transport.setBaudRate(rate) } catch { continue }
            }
            if rate != 0 { tried.append(rate) }
            console.forgetState()
            do throws(AcquisitionError) {
                try learn()
                if rate != given, given != nil { note("the console talks at \(rate) baud") }
                return try identify()
            } catch {
                switch error {
                // Text at this rate, but no prompt: other rates will not help.
                case .silent, .garbage: first = first ?? error
                default: throw error
                }
            }
        }
        if let given { try console.transport.setBaudRate(given) }
        if case .garbage? = first { throw .garbage(port: console.transport.name, rates: tried) }
        throw .silent(port: console.transport.name, rates: tried)
    }

    /// Ctrl-C gives a fresh prompt everywhere; the text that comes twice behind a line end is it.
    func learn() throws(AcquisitionError) {
        var counts: [[UInt8]: Int] = [:]
        var seen: [UInt8] = []
        var isReadable = false
        for attempt in 0..<8 {
            if attempt == 3, console.mayWaitForEnter, counts.isEmpty {
                try console.send([Console.enter])
            } else if attempt == 3, seen.isEmpty {
                break
            }
            try console.send([Console.control.c])
            if try console.receive(console.timing.scaled(.milliseconds(700))) > 0 {
                try console.receiveUntilQuiet(console.timing.scaled(.milliseconds(120)), limit: .seconds(2))
            }
            var lines: [[UInt8]] = []
            while let line = console.nextLine() { lines.append(line) }
            let tail = Array(console.unread.drop { $0 == 0x0d })
            console.discard()
            for line in lines + [tail] where !line.isEmpty {
                seen = line
                isReadable = isReadable || Self.isText(line)
            }
            // The first may be the rest of a line that somebody typed.
            guard !lines.isEmpty, !tail.isEmpty, tail.allSatisfy({ (0x20...0x7e).contains($0) }) else { continue }
            counts[tail, default: 0] += 1
            if counts[tail] == 2 {
                console.prompt = tail
                try refuseLogin(tail)
                try console.resynchronize(patience: console.timing.scaled(.seconds(1)))
                return
            }
        }
        let rates = [console.transport.baudRate].compactMap(\.self)
        if seen.isEmpty { throw .silent(port: console.transport.name, rates: rates) }
        if !isReadable { throw .garbage(port: console.transport.name, rates: rates) }
        throw .noPrompt(port: console.transport.name, seen: Console.shown(seen))
    }

    /// Garbage of a wrong rate has few letters, and bytes above 0x7E.
    private static func isText(_ line: [UInt8]) -> Bool {
        let good = line.count { (0x20...0x7e).contains($0) || $0 == 0x08 || $0 == 0x09 }
        return line.count >= 3 && good * 10 >= line.count * 8
    }

    private func refuseLogin(_ prompt: [UInt8]) throws(AcquisitionError) {
        let text = String(decoding: prompt, as: UTF8.self)
        if text.hasSuffix("login: ") || text.hasSuffix("assword: ") {
            throw .notUBoot(port: console.transport.name, seen: text)
        }
    }

    /// Asks for the version: tells U-Boot from a Linux shell, and whether there is an echo.
    private func identify() throws(AcquisitionError) -> String? {
        console.hasEcho = try hasEcho()
        let answer = try console.lines("version")
        if let line = answer.first(where: { $0.contains("not found") }) {
            throw .notUBoot(port: console.transport.name, seen: line)
        }
        return answer.first { $0.contains("U-Boot") }
    }

    /// Types something harmless, without Enter, and takes it back.
    private func hasEcho() throws(AcquisitionError) -> Bool {
        for _ in 0..<3 {
            try console.send(Array("version".utf8))
            var isEchoed = false
            while try console.receive(console.timing.scaled(.milliseconds(600))) > 0 {
                isEchoed = true
                if console.unread.count >= 7 { break }
            }
            try console.resynchronize(patience: console.timing.scaled(.seconds(1)), dropsLine: true)
            if isEchoed { return true }
        }
        return false
    }
}
