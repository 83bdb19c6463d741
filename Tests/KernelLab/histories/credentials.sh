# A camera's credentials: written, overwritten in place, truncated, renamed over, deleted; the garbage collector at work.
# Each value that must never be published begins with "Secret-" and ends with "!", and is there once.
# run: erase=64K size=768K
# run: erase=16K size=256K options=compr=none
# run: erase=16K size=256K options=compr=lzo
# run: erase=16K size=256K jffs2=rtime
# run: erase=16K size=256K jffs2=rubin
# run: erase=16K size=256K jffs2=old
# run: erase=32K size=256K jffs2=be
# run: erase=16K size=512K nand
n=0
secret() { n=$((n + 1)); secret=Secret-$(printf %04d $n)-zwo3!; }
wpa() { secret; printf 'ctrl_interface=/var/run\nnetwork={\n\tssid="%s"\n\tpsk="%s"\n}\n' Home$n "$secret"; }
json() { secret; printf '{"account":{"wifi_password":"%s"},"region":"eu"}\n' "$secret"; }
back() { secret; printf 'BAKP\3\0\0\0'; printf Net$n | dd bs=32 conv=sync; printf "$secret" | dd bs=64 conv=sync; dd if=/dev/zero bs=144 count=1; }
# The whole file, or in its place just the key.
renew() { # FILE
	secret
	at=$(awk 'BEGIN { RS = "\1" } { print index($0, "Secret-") - 1 }' $1)
	printf "$secret" | dd of=$1 bs=32 seek=$at oflag=seek_bytes conv=notrunc 2>/dev/null
}
# A file of some pages with the key across a page's border.
long() {
	secret
	guest txt 3 4080
	printf '\npsk=%s\n' "$secret"
	guest txt 4 9000
}
mkdir -p etc home/app logs
echo camera >etc/hostname
for i in 1 2 3; do
	later 1
	wpa >etc/wpa_supplicant.conf
	json >home/app/cloud.json
	back >etc/settings.bin 2>/dev/null
	long >home/app/long.conf
	sync
	renew etc/wpa_supplicant.conf
	renew home/app/cloud.json
	renew home/app/long.conf
	sync
	wpa >etc/wpa.new && sync && mv etc/wpa.new etc/wpa_supplicant.conf
	secret && touch "home/psk=$secret" && rm "home/psk=$secret"
	secret && ln -s "rtsp://admin:$secret@10.0.0.2/live" home/cam && sync && rm home/cam
	secret && guest setfattr etc/hostname user.wifi "$(printf "psk=$secret" | od -An -tx1 -v | tr -d ' \n')"
	cp etc/wpa_supplicant.conf etc/wpa.bak
	json >home/app/try.json && sync && rm home/app/try.json
	guest txt $i 6000 >>logs/messages.txt
done
guest setfattr etc/hostname user.wifi 6e6f6e65
# What the file had before it was cut is still in its node.
truncate -s 4000 home/app/long.conf
secret && printf "\n\nwifi_key=$secret\n" >>home/app/long.conf
snap fresh
for i in $(seq 1 6); do
	guest txt $i 9000 >logs/$((i % 2))
	renew etc/wpa_supplicant.conf
	later 1
done
collect 12
snap collected
for i in $(seq 1 5); do
	guest rnd $i 12000 >logs/$((i % 3))
	sync
	rm logs/$((i % 3))
done
collect 30
