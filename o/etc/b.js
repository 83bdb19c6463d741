var password = "XXXXX" +
   "XXXXXX" +
 "XXXXXX";
alert("hello");
