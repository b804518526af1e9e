"""Every change of the control database, in order."""
