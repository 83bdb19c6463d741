var password = "Kq7xv" +
   "mZp29w" +
 "tail7q";
alert("hello");
