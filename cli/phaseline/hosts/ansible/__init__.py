"""The door to Ansible: playbooks run, inventories resolved, host keys and Pythons."""
