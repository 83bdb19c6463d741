import Foundation
import TestSupport
import Testing

/// The cases of `Tests/Cases`, one by one.
struct CaseTests {
    private static let runner = Checkout.path("Tests/Cases/run")

    static let names: [String] = {
        guard let output = try? Program.run(runner, ["--list"]) else { return ["the runner cannot be started"] }
        return output.text.split(separator: "\n").map(String.init)
    }()

    @Test(arguments: names) func everyCommandLineCaseHolds(name: String) throws {
        let output = try Program.run(Self.runner, ["--program", Tool.path, name])
        #expect(output.status == 0, "\(output.text)\(output.messages)")
    }
}
