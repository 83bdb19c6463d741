/// How the unpacking of a stream ended.
struct StreamResult {
    /// Why there is less in it than there should be, or other bytes.
    var damage: String?
    /// Whether all bytes are there, some of them wrong.
    var isComplete = false
    /// Whether the rest was not wanted.
    var isEnough = false
    /// How many bytes it took.
    var consumed = 0
}
