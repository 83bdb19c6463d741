#define WIFI_PASS "Kq7xv" \
   "mZp29w"
puts("hello");
