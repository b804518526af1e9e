"""What the operations ask of the control database, one noun a file."""
