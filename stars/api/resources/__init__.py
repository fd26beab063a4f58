"""What can be sent and read: one module for each kind of row."""
