extension CameraProfile {
    /// The profiles that are part of the program, as the text of which users can make their own.
    public static let builtIn: [(name: String, text: String)] = [
        ("yi-hack-v3", hiSilicon(title: "Yi cameras with HiSilicon (yi-hack-v3)")),
        ("yi-hack-v4", hiSilicon(title: "Yi cameras with HiSilicon (yi-hack-v4)")),
        ("yi-hack-mstar", mStar), ("yi-hack-allwinner", allwinner), ("plain", plain),
    ]

    /// A built-in profile; nil where there is none of this name.
    public static func builtIn(_ name: String) -> CameraProfile? {
        builtIn.first { $0.name == name }.flatMap { try? CameraProfile(name: $0.name, text: $0.text) }
    }

    private static func hiSilicon(title: String) -> String {
        """
        title = \(title)
        erase-size = 0x10000
        byte-order = little
        ids = y18 y20 v201 h20 y19 h30
        note = Put the files into the root of an SD card (FAT32, not exFAT), the camera being off.
        note = Put the card in and switch the camera on: U-Boot takes the files and writes them.
        note = Wait until the yellow light shows and for two minutes more; do not cut the power.
        note = If nothing seems to happen, the name in the header may be that of the version in the flash.

        # Partition sizes differ; --like checks against your backup, --size against what your boot log says.
        [home]
        file = home_{id}
        header = 0001-hi3518-home

        [rootfs]
        file = rootfs_{id}
        header = 0001-hi3518-rootfs

        """
    }

    private static let mStar = """
        title = Yi cameras with MStar (yi-hack-MStar)
        erase-size = 0x10000
        byte-order = little
        ids = y203c
        note = Put the files into the root of an SD card (FAT32, not exFAT), the camera being off.
        note = Put the card in and switch the camera on: U-Boot writes each file over its whole partition.
        note = Wait until the yellow light shows and for two minutes more; do not cut the power.
        note = A backup of a partition under the same name brings the camera back.

        [sys]
        file = sys_{id}
        size = 1966080

        [home]
        file = home_{id}
        size = 12779520

        """

    private static let allwinner = """
        title = Yi cameras with Allwinner (yi-hack-Allwinner)
        erase-size = 0x10000
        byte-order = little
        ids = y20ga
        note = Put the file into the root of an SD card (FAT32, not exFAT), the camera being off.
        note = Put the card in and switch the camera on: U-Boot writes the file over its partition.
        note = Wait for two minutes after the light changed; do not cut the power.

        [home]
        file = home_{id}
        header = xiaoyi-home

        """

    private static let plain = """
        title = One image, no header: any device
        note = Write the image over its whole partition, erased first; see 'jffs2 partitions' for where that is.

        [image]
        file = image.jffs2

        """
}
