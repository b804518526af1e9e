create schema if not exists dbaccess;
create table if not exists dbaccess.ledger_head (
    one_row boolean primary key check (one_row), seq bigint not null, hash bytea not null
);
