/// Coder of LZO1X: looks for the shortest stream, as LZO1X-999 does, but only for inputs of the size of a node.
final class LZO1XEncoder: PageEncoder {
    let compression = Compression.lzo
    private var parser = LZO1XParser()

    func encode(_ input: RawSpan, into output: inout MutableRawSpan) -> Int? {
        let size = parser.parse(input) + LZO1XInstruction.end.count
        guard size <= output.byteCount else { return nil }
        var writer = LZO1XWriter()
        var read = 0
        let steps = parser.steps
        for (index, step) in steps.enumerated() {
            if index == 0 && step.literals > 0 || step.literals > 3 {
                writer.putLiteralRun(step.literals, isFirst: index == 0, into: &output)
            }
            writer.put(input, range: read..<read + step.literals, into: &output)
            read += step.literals
            guard step.length > 0 else { break }
            let following = steps[index + 1].literals
            writer.putCopy(
                step.length, distance: step.distance, literals: min(step.literals, 4),
                following: following > 3 ? 0 : following,
                into: &output)
            read += step.length
        }
        writer.putEnd(&output)
        return writer.written
    }
}
