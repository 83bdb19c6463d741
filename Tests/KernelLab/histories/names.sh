# Names: bytes that are no UTF-8, controls, spaces, 254 bytes, one letter, those that look like options.
# run: erase=64K size=1M
# run: erase=128K size=1M
# run: erase=16K size=512K jffs2=be options=compr=none
mkdir n && cd n
long=$(guest txt 5 300 | tr -c 'a-z' x | head -c 254)
echo long >"$long"
printf '\303\251t\303\251 \346\227\245\346\234\254' >/tmp/name && echo u >"$(cat /tmp/name)"
printf 'latin \351\377\200' >/tmp/name && echo l >"$(cat /tmp/name)"
printf 'line\nbreak\ttab\033[31m' >/tmp/name && echo c >"$(cat /tmp/name)"
printf 'back\\slash' >/tmp/name && echo b >"$(cat /tmp/name)"
echo s >' leading and trailing ' && echo d >-rf && echo t >'~' && echo q >"'\"" && echo g >'*' && echo dots >...
for i in $(seq 1 150); do : >"entry-number-$i"; done
snap many
for i in $(seq 1 4 150); do rm "entry-number-$i"; done
for i in $(seq 2 4 150); do mv "entry-number-$i" "e$i"; done
