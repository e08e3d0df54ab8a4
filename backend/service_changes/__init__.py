"""Starting, stopping and transferring service, exchanging meters, and what else a bill depends on."""
