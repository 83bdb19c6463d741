var password = "Kq7xv" + "mZp29w"; alert("hello");
