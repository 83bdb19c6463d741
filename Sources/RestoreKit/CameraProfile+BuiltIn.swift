extension CameraProfile {
    /// A profile that is part of the program, as the text of which users can make their own.
    package struct BuiltIn: Sendable {
        package var name: String
        package var text: String
        /// What the profile leaves to the user.
        package var advice: KitCheck.Advice?
    }

    /// The profiles that are part of the program.
    package static let builtIn: [BuiltIn] = [
        BuiltIn(
            name: "yi-hack-v3", text: hiSilicon(title: "Yi cameras with HiSilicon (yi-hack-v3)"), advice: .giveSize),
        BuiltIn(
            name: "yi-hack-v4", text: hiSilicon(title: "Yi cameras with HiSilicon (yi-hack-v4)"), advice: .giveSize),
        BuiltIn(name: "yi-hack-mstar", text: mStar),
        BuiltIn(name: "yi-hack-allwinner", text: allwinner),
        BuiltIn(name: "yi-hack-allwinner-v2", text: allwinnerV2),
        BuiltIn(name: "plain", text: plain),
    ]

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
        note = A backup of a partition under the same name brings the camera back; but not a dump whose words are reversed, which 'jffs2 info' tells and 'jffs2 swap' mends.

        [sys]
        file = sys_{id}
        size = 1966080

        [home]
        file = home_{id}
        size = 12779520

        """

    /// Both generations under one name: what is JFFS2 is `home` in the first and `backup` in the second.
    private static let allwinner = """
        title = Yi cameras with Allwinner (yi-hack-Allwinner)
        erase-size = 0x10000
        byte-order = little
        ids = y20ga y25ga y30qa y501gc \(allwinnerV2Models)
        note = Put the file into the root of an SD card (FAT32, not exFAT), the camera being off.
        note = Put the card in and switch the camera on: U-Boot writes the file over its partition.
        note = Wait for two minutes after the light changed; do not cut the power.
        note = U-Boot does not take a file that it took the last time.

        [home]
        file = home_{id}
        size = 0xb80000
        size y501gc = 0x1b20000
        header = xiaoyi-home

        \(allwinnerBackup)
        """

    private static let allwinnerV2 = """
        title = Yi cameras with Allwinner, second generation (yi-hack-Allwinner-v2)
        erase-size = 0x1000
        byte-order = little
        ids = \(allwinnerV2Models)
        note = Put the file into the root of an SD card (FAT32, not exFAT), the camera being off.
        note = Put the card in and switch the camera on: U-Boot writes the file over its partition.
        note = Wait for two minutes after the light changed; do not cut the power.
        note = U-Boot does not take a file that it took the last time.

        # rootfs and home are SquashFS in these; what is written, and can break, is backup.
        \(allwinnerBackup)
        """

    private static let allwinnerV2Models =
        "b091qp h30ga h51ga h52ga h60ga q321br q705br qg311r r30gb r35gb r37gb r40ga y211ba y211ga y213ga y21ga y28ga "
        + "y291ga y29ga y623"

    private static let allwinnerBackup = """
        [backup]
        file = backup_{id}
        size = 0x130000
        size b091qp = 0x150000
        erase-size = 0x1000
        header = xiaoyi-backup

        """

    private static let plain = """
        title = One image, no header: any device
        note = Write the image over its whole partition, erased first; see 'jffs2 partitions' for where that is.

        [image]
        file = image.jffs2

        """
}
