"""Facts read from hosts and sites, and checks that judge them."""
