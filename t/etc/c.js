var password = "Kq7xv" + sep + "mZp29w";
alert("hello");
