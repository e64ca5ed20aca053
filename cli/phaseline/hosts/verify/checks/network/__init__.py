"""What a host lets in and out: firewall, sockets, certificates."""
