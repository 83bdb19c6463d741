var password = "XXXXX" + sep + "XXXXXX";
alert("hello");
