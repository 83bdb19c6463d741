# Devices, pipes, sockets, odd modes and owners, set and changed.
# run: erase=64K size=512K
# run: erase=16K size=256K jffs2=be
# run: erase=64K size=512K jffs2=old
# run: erase=16K size=512K nand
mkdir dev && cd dev
mknod console c 5 1 && mknod null c 1 3 && mknod mtdblock0 b 31 0 && mknod big c 300 70000 && mknod edge c 255 255
mknod wide b 4095 1048575 && mknod over c 256 0 && mkfifo pipe && guest mksock socket
chmod 666 null && chmod 660 mtdblock0 && chown 0:6 mtdblock0 && chmod 4777 pipe
ln null zero
mv console tty && mknod console c 5 1
cd ..
mkdir -m 1777 tmp && mkdir -m 2755 share && mkdir -m 000 locked
echo suid >suid && chmod 6755 suid && echo none >none && chmod 000 none
chown 65535:65534 suid
chown 1000:1000 share
snap first
guest utime none 1
guest utime share 4294967295
guest utime tmp 2147483648
chmod 711 .
chown 3:4 .
