select seq, hash from dbaccess.ledger_head
