local psk = "XXXXX" .. "XXXXXX"
print("hello")
