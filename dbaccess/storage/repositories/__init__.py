"""The repositories: access of the use cases to the control database, one noun a file."""
