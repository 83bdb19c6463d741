import FlashBytes
import ImageFile

extension Remedy {
    /// The commands for a file to all of whose bytes the same was done; none for any other one.
    func turningBack(_ kind: Diagnosis.Kind) -> [String] {
        switch kind {
        case .wordSwapped: unpacked
        case .transformed(let transform): unpacked + [swap(transform.options)]
        case .keyed(let key): unpacked + [python("bytes(b^k[i%len(k)] for i,b in enumerate(d))", key: key)]
        case .numbers(let numbers): dump(numbers)
        case .wideCharacters(let text): unpacked + [python(text.python)] + again
        case .reversed(let bits):
            unpacked + [python(bits ? #"bytes(int(f"{b:08b}"[::-1],2) for b in d[::-1])"# : "d[::-1]")] + again
        case .nibblesSwapped: unpacked + [python("bytes(b<<4&255|b>>4 for b in d)")] + again
        case .brokenHeaders(let headers):
            unpacked + [python("d", setup: "import zlib; d=bytearray(d); \(headers.python); ")] + again
        case .lineEnds: unpacked + [python(#"d.replace(b"\r\n",b"\n")"#)]
        case .transcoded: unpacked + ["iconv -f UTF-8 -t ISO-8859-1 \(bytesFile) > \(output("turned"))"]
        default: []
        }
    }

    /// A text whose lines are not all there has no bytes to be put together.
    private func dump(_ numbers: NumberDump) -> [String] {
        numbers.isStarred ? [] : unpacked + [python(numbers.python)] + again
    }

    /// Looks at what was turned back.
    private var again: [String] { ["jffs2 doctor \(output("turned"))"] }

    /// Turns the bytes `d` of the file, with the key `k`, and writes them.
    private func python(_ expression: String, key: [UInt8]? = nil, setup: String = "") -> String {
        let first = setup + (key.map { "k=bytes.fromhex(\"\(hexadecimal($0))\"); " } ?? "")
        let program =
            "import sys; d=sys.stdin.buffer.read(); \(first)sys.stdout.buffer.write(\(expression))"
        return "python3 -c '\(program)' < \(bytesFile) > \(output("turned"))"
    }

    private func swap(_ options: [String]) -> String {
        "jffs2 swap \(options.joined(separator: " ")) \(bytesFile) -o \(output("turned"))"
    }
}
