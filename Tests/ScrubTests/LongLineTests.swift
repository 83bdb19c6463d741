import TestSupport
import Testing

@testable import Scrub

/// Lines of one word with a sign at every other byte: four times as long takes about four times the processor's time.
@Suite(.serialized) struct LongLineTests {
    @Test(arguments: [
        "00:11:22:33:44:5", "[==[", "aa:", "password=", "k='", "a=\"b", "x;y=", "<a b=", "\\\"k\\\":", "$(a=", "s:3:\"",
    ])
    func timeForALineOfOneWordIsLinear(_ piece: String) throws {
        func seconds(_ count: Int) throws -> Double {
            let text = Array((String(repeating: piece, count: count / piece.utf8.count) + "\n").utf8)
            func once() throws -> Double {
                try threadSeconds { _ = try KindsOfSettingsTests.gone(text, path: "etc/wpa.conf") }
            }
            return min(try once(), try once())
        }
        let (small, large) = (try seconds(10_000), try seconds(40_000))
        #expect(large < max(9 * small, 0.4), "\(small) \(large)")
    }
}
