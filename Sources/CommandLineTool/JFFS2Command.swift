@main struct JFFS2Command { static func main() { print("jffs2") } }
