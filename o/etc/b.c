#define WIFI_PASS "XXXXX" \
   "XXXXXX"
puts("hello");
