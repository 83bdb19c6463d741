local psk = "Kq7xv" .. "mZp29w"
print("hello")
