# A formula for a tap. `Packaging/homebrew/fill` sets address, version and sum of a release's source archive.
class Jffs2 < Formula
  desc "Inspect, unpack, clean, pack and verify JFFS2 flash images"
  homepage "https://github.com/OWNER/jffs2"
  url "https://github.com/OWNER/jffs2/releases/download/v0.1.0/jffs2-0.1.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "MIT"

  depends_on "pkgconf" => :build
  depends_on "tomlplusplus" => :build
  depends_on xcode: ["26.4", :build]
  depends_on "libarchive"
  depends_on "libdeflate"
  depends_on "pcre2"
  depends_on "sqlite"
  depends_on "xz"
  depends_on "zlib"

  on_macos do
    depends_on macos: :tahoe
  end

  on_linux do
    depends_on "swift" => :build
  end

  def install
    # The Swift packages are in the archive (Vendor), so that nothing is fetched; Homebrew has a sandbox of its own.
    ENV["JFFS2_VENDOR"] = "Vendor"
    args = ["--disable-sandbox", "--disable-automatic-resolution", "-c", "release", "--product", "jffs2"]
    args << "--static-swift-stdlib" if OS.linux?
    system "swift", "build", *args

    bin.install ".build/release/jffs2"
    man1.install Dir["man/*.1"]
    man5.install Dir["man/*.5"]
    man7.install Dir["man/*.7"]
    (libexec/"man/man1").install Dir["man/drop-ins/*.1"]
    %w[dumpimage jefferson jffs2dump jffs2reader mkfs.jffs2 mkimage sumtool].each do |name|
      (libexec/"jffs2").install_symlink bin/"jffs2" => name
    end
    generate_completions_from_executable(bin/"jffs2", "--generate-completion-script")
    pkgshare.install "TestImages/sys_demo"
  end

  def caveats
    <<~EOS
      To use jffs2 under the names of mtd-utils, jefferson and mkimage:
        export PATH="#{opt_libexec}/jffs2:$PATH"
    EOS
  end

  test do
    assert_match "jffs2 #{version}", shell_output("#{bin}/jffs2 --version")
    cp pkgshare/"sys_demo", testpath
    assert_match "JFFS2, little-endian", shell_output("#{bin}/jffs2 info sys_demo")
    system bin/"jffs2", "scrub", "sys_demo", "-o", "clean", "--delete", "/etc/back.bin"
    system bin/"jffs2", "verify", "--quiet", "clean"
  end
end
