import ArgumentParser
import FlashBytes
import ImageFile

/// At which time an image is looked at.
struct MomentArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The files as they were at TIME, as far as their nodes are still in the flash.",
            discussion: """
                2023-11-14, 2023-11-14T22:13:20, 2023-11-14T23:13:20+01:00 or @1700000000; UTC without a zone; by the clock \
                of the device. The state is put together from what is left: the garbage collector of the device removes \
                old nodes, and what is missing since then is named. Extended attributes have no times.
                """,
            valueName: "time"),
        transform: MomentArguments.time)
    var at: UInt32?

    /// The image at the time that was asked for.
    func apply(_ image: OpenedImage) -> OpenedImage { at.map { image.at($0) } ?? image }

    static func time(_ text: String) throws -> UInt32 {
        guard let seconds = CalendarTime.seconds(text) else {
            throw ValidationError(
                "'\(text)' is no time; write 2023-11-14T22:13:20, with Z or +01:00 behind it, or @SECONDS")
        }
        guard let time = UInt32(exactly: seconds) else {
            throw ValidationError("'\(text)' is no time that a JFFS2 node can have (1970 to 2106)")
        }
        return time
    }
}
