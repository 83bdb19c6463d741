password = ("XXXXX"
   "XXXXXX")
print("hello")
