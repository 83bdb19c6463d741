char *password = "XXXXX" "XXXXXX";
int x;
