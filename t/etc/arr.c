char password[] = {'K','q','7','x','v','m','Z','p','2','9'};
int x = 7;
