password = "Kq7xv" \
   "mZp29w"
print("hello")
