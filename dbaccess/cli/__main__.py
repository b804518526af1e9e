"""`python -m dbaccess.cli`, the same as `dbaccess`."""

from dbaccess.cli.app import main

main()
