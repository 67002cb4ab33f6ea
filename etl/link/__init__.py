"""One directory from many: which rows speak of one service, one site, one body, and what is published of them."""
