/// Finds the rate and the prompt of a console that somebody left in whatever state.
struct PromptFinder {
    let console: BoardConsole
    /// Rates to be tried when nothing readable comes at the given one.
    static let rates = [
        115_200, 57_600, 38_400, 9_600, 1_500_000, 921_600, 460_800, 230_400, 74_880, 1_000_000, 500_000, 250_000,
        19_200,
        2_000_000, 3_000_000, 4_800,
    ]

    /// Learns the prompt; tries other rates when nothing readable comes.
    func find(note: (String) -> Void) throws(AcquisitionError) {
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
                return
            } catch {
                switch error {
                // Text at this rate, but no prompt: other rates will not help.
                case .silent, .garbage: first = first ?? error
                default: throw error
                }
            }
        }
        if let given { try console.transport.setBaudRate(given) }
        if case .garbage(_, _, let seen)? = first {
            throw .garbage(port: console.transport.name, rates: tried, seen: seen)
        }
        throw .silent(port: console.transport.name, rates: tried)
    }

    /// Ctrl-C gives a fresh prompt everywhere; the text that comes twice behind a line end is it.
    func learn() throws(AcquisitionError) {
        var found = Candidates()
        let sent = console.counters.bytesOut
        var head: [[UInt8]]?
        for attempt in 0..<9 {
            if attempt == 3, console.mayWaitForEnter, found.isEmpty {
                try console.send([BoardConsole.enter])
            } else if attempt == 3, found.seen.isEmpty {
                break
            }
            try provoke(attempt)
            let hasLineEnd = console.raw.contains(where: BoardConsole.isLineEnd)
            var lines: [[UInt8]] = []
            while let line = console.nextLine() { lines.append(line) }
            let tail = Array(console.unread)
            console.discard()
            if let sign = lines.lazy.compactMap({ BootSigns.reset(in: $0) }).first ?? BootSigns.reset(in: tail) {
                // Of its own accord once; twice, it was Ctrl-C.
                console.resetsAfterInterrupt += 1
                throw .boardReset(sign: sign)
            }
            if let prompt = found.add(lines, tail: tail, isBehindLineEnd: hasLineEnd) {
                console.prompt = prompt
                let common = head.map { Self.common($0, second: lines) } ?? []
                console.promptHead = common.suffix(4)
                try refuseLogin(prompt.text)
                if MenuText.isMenu(common, prompt: prompt.text) {
                    let seen = (common.suffix(12) + [prompt.text]).map { BoardConsole.shown($0) }
                    console.prompt = Prompt()
                    throw .menu(port: console.transport.name, seen: seen.joined(separator: " / "))
                }
                try console.resynchronize(patience: console.timing.scaled(.seconds(1)))
                return
            }
            if hasLineEnd { head = lines }
        }
        let port = console.transport.name
        let rates = [console.transport.baudRate].compactMap(\.self)
        let seen = BoardConsole.shown(console.recent)
        if found.seen.isEmpty { throw .silent(port: port, rates: rates) }
        if console.recent.allSatisfy({
            $0 == BoardConsole.control.c || $0 == BoardConsole.control.u || $0 == BoardConsole.enter
        }),
            console.counters.bytesOut > sent
        {
            throw .loopback(port: port)
        }
        if !found.isReadable { throw .garbage(port: port, rates: rates, seen: seen) }
        throw .noPrompt(port: port, rate: rates.first, seen: seen)
    }

    /// What two answers to Ctrl-C end with, but for what they say about Ctrl-C.
    private static func common(_ first: [[UInt8]], second: [[UInt8]]) -> [[UInt8]] {
        let pairs = zip(first.reversed(), second.reversed()).prefix { first, second in
            first == second && !first.contains(0x5e) && !String(decoding: first, as: UTF8.self).contains("INTERRUPT")
        }
        return pairs.map(\.0).reversed()
    }

    /// Sends Ctrl-C and takes in the answer; learns how late it comes.
    private func provoke(_ attempt: Int) throws(AcquisitionError) {
        let begin = ContinuousClock.now
        try console.send(console.freshPromptKeys)
        let wait = console.timing.scaled(.milliseconds([700, 1200, 2400][min(attempt, 2)]))
        guard try console.receive(wait + console.timing.latency) > 0 else { return }
        let delay = ContinuousClock.now - begin
        if attempt == 0 || delay > console.timing.latency { console.timing.latency = min(delay, .seconds(5)) }
        try console.receiveUntilQuiet(
            console.timing.scaled(.milliseconds(120)) + console.timing.latency, limit: .seconds(2) + delay * 2)
    }

    private func refuseLogin(_ prompt: [UInt8]) throws(AcquisitionError) {
        let text = String(decoding: prompt, as: UTF8.self)
        let lower = text.lowercased()
        if lower.contains("login:") || lower.contains("username:") || lower.contains("password:") {
            throw .wantsLogin(port: console.transport.name, seen: text)
        }
    }

    /// How the console shows what is typed: something harmless is typed, without Enter, and taken back.
    func learnEcho() throws(AcquisitionError) {
        let word = Array("version".utf8)
        console.echo = .none
        console.showsTyping = false
        for attempt in 0..<3 {
            let begin = ContinuousClock.now
            try console.send(word)
            // What is known of the latency may come of the answer to an earlier Ctrl-C.
            let wait = console.timing.scaled(.milliseconds([400, 1200, 2400][attempt])) + console.timing.latency
            while try console.receive(wait) > 0 {
                let delay = ContinuousClock.now - begin
                if attempt > 0, delay > console.timing.latency { console.timing.latency = min(delay, .seconds(5)) }
                if EchoForm.plain.isEcho(console.raw, of: word, prompt: console.prompt) { break }
            }
            let raw = Array(console.raw)
            let form = [EchoForm.plain, .doubled].first { $0.isEcho(raw[...], of: word, prompt: console.prompt) }
            console.echo = form ?? .none
            if !raw.isEmpty { console.showsTyping = true }
            let isShown = raw.contains { word.contains($0) }
            try console.resynchronize(patience: console.timing.scaled(.seconds(1)), dropsLine: true)
            if console.echo != .none { return }
            // A damaged echo is one all the same; stars are none.
            if isShown, raw.count <= word.count + 2 { console.echo = .plain }
        }
    }
}

/// What may be the prompt: text that comes twice behind a line end.
private struct Candidates {
    private var counts: [[UInt8]: Int] = [:]
    /// The last that came.
    private(set) var seen: [UInt8] = []
    /// Whether something was text.
    private(set) var isReadable = false

    /// Whether a console has said in words that it has seen Ctrl-C.
    private var isInterrupted = false

    var isEmpty: Bool { counts.isEmpty }

    /// The prompt, once it is known.
    mutating func add(_ lines: [[UInt8]], tail: [UInt8], isBehindLineEnd: Bool) -> Prompt? {
        for line in lines + [tail] where !line.isEmpty {
            seen = line
            isReadable = isReadable || Self.isText(line)
        }
        // The first may be the rest of a line that somebody typed.
        isInterrupted = isInterrupted || (lines + [tail]).contains { Self.tellsInterrupt($0) }
        guard isBehindLineEnd, !tail.isEmpty, tail.count <= 128, Self.isPromptText(tail, isInterrupted: isInterrupted)
        else {
            return nil
        }
        // Some have the time in them, or a number that counts.
        let form = Prompt.withoutNumbers(tail[...])
        counts[form, default: 0] += 1
        return counts[form] == 2 ? Prompt(tail) : nil
    }

    /// What U-Boot answers to Ctrl-C.
    private static func tellsInterrupt(_ line: [UInt8]) -> Bool { line.suffix(11).elementsEqual("<INTERRUPT>".utf8) }

    /// Text in any encoding, if something else shows that it is text: at a wrong rate, too, the same comes twice.
    private static func isPromptText(_ tail: [UInt8], isInterrupted: Bool) -> Bool {
        let letters = tail.count { (0x21...0x7e).contains($0) }
        guard String(validating: tail, as: UTF8.self) != nil || isInterrupted || letters * 2 > tail.count && letters > 3
        else { return false }
        return tail.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 } && tail.contains { $0 > 0x20 }
    }

    /// Garbage of a wrong rate has few letters, and bytes above 0x7E.
    private static func isText(_ line: [UInt8]) -> Bool {
        let good = line.count { (0x20...0x7e).contains($0) || $0 == 0x08 || $0 == 0x09 }
        return line.count >= 3 && good * 10 >= line.count * 8
    }
}
