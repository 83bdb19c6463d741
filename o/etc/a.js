var password = "XXXXX" + "XXXXXX"; alert("hello");
