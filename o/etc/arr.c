char password[] = {'X','X','X','X','X','X','X','X','X','X'};
int x = 7;
