# Hard links made and broken, symlinks long and odd, a file that lives on under its second name.
# run: erase=16K size=256K
# run: erase=64K size=512K jffs2=old
# run: erase=16K size=256K jffs2=beold
# run: erase=16K size=512K nand
mkdir -p bin sbin usr/bin
guest rnd 1 9000 >bin/busybox
for n in sh ls cat mount ps vi; do ln bin/busybox bin/$n; done
ln bin/busybox sbin/init && ln bin/busybox usr/bin/env
rm bin/busybox bin/vi
chmod 4755 bin/sh
echo more >>bin/ls
echo alone >one && ln one two && rm one && ln two one && rm two
echo shared >x && ln x y && echo broken >z && mv z y
ln -s bin/sh sh && ln -s /etc/passwd pw && ln -s . here
ln -s "$(guest txt 5 254 | tr '\n' _ | head -c 254)" long
ln sh sh2
rm pw && ln -s /tmp/passwd pw
snap linked
rm sbin/init usr/bin/env
