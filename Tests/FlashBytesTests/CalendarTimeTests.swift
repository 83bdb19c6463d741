import FlashBytes
import Testing

@Suite struct CalendarTimeTests {
    @Test(arguments: [
        ("@0", 0), ("1970-01-01", 0), ("2023-11-14T22:13:20", 1_700_000_000), ("2023-11-14 22:13:20Z", 1_700_000_000),
        ("2023-11-14T23:13:20+01:00", 1_700_000_000), ("2023-11-14T17:43:20-0430", 1_700_000_000),
        ("2023-11-14t22:13:20.75z", 1_700_000_000), ("2024-02-29T00:00", 1_709_164_800),
        ("2106-02-07T06:28:15", 4_294_967_295),
        ("1969-12-31T23:59:59", -1),
    ])
    func timesAreReadAsPeopleWriteThem(text: String, seconds: Int64) {
        #expect(CalendarTime.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", "@", "@x", "@-1", "2023", "2023-13-01", "2023-02-29", "2023-11-14T", "2023-11-14T24:00", "2023-11-14T22",
        "2023-11-14T22:13:60", "2023-11-14Z", "2023-11-14T22:13:20+25:00", "14.11.2023", "2023-11-14T22:13:20 UTC",
        "now",
        "2023-11-14T22:13:20+1", "2023-1-4",
    ])
    func whatIsNoTimeIsRefused(text: String) { #expect(CalendarTime.seconds(text) == nil) }

    @Test func aTimeIsWrittenAsItIsRead() {
        for seconds in stride(from: -62_000_000_000 as Int64, through: 62_000_000_000, by: 7_777_777_777) {
            #expect(CalendarTime.seconds(CalendarTime(seconds).text(.standard)) == seconds)
            #expect(CalendarTime.seconds(CalendarTime(seconds).text(.seconds)) == seconds)
        }
        #expect(CalendarTime(1_700_000_000).text(.minutes) == "2023-11-14 22:13")
    }
}
