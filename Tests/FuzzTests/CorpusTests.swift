import FuzzTargets
import Testing

/// What fuzzing found worth keeping holds still: `make fuzz` makes more of it.
@Suite struct CorpusTests {
    @Test(arguments: FuzzTarget.all.map(\.name)) func everyInputOfTheCorpusHolds(name: String) async throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let inputs = try target.corpus()
        #expect(!inputs.isEmpty, "Tests/Fuzz/Corpus/\(name) is empty")
        for input in inputs {
            do throws(FuzzFailure) {
                try await target.run(input.bytes)
            } catch {
                Issue.record("Tests/Fuzz/Corpus/\(name)/\(input.name): \(error)")
            }
        }
    }

    /// Their sizes matter to whoever clones the repository.
    @Test func theCorpusIsSmall() throws {
        let sizes = try FuzzTarget.all.map { try $0.corpus().reduce(0) { $0 + $1.bytes.count } }
        #expect(sizes.reduce(0, +) < 600_000)
    }
}
