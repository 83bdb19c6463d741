char *password = "Kq7xv" "mZp29w";
int x;
