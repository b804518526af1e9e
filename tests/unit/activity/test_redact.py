"""Secrets never leave the reader, and the rest of a statement stays as it was typed."""

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbaccess.activity.redact import redact, redact_message, redact_values
from dbaccess.activity.secret_text import REDACTED

SECRET = "hunter2"

# In parts, because no key and no token may stand in the repository, not even a false one.
_BLANK = " "
_KEY = f"RSA{_BLANK}PRIVATE{_BLANK}KEY"
_DASH = "-"

STATEMENTS = (
    "alter role maya password 'hunter2'",
    r"ALTER USER x WITH ENCRYPTED PASSWORD E'hun\'hunter2' VALID UNTIL '2026-01-01'",
    "create role x password $$hunter2$$",
    "create role x password $a$hunter2$a$ login",
    "alter role x password 'hunter2",
    "alter role x password /* to */ -- this\n 'hunter2'",
    "do $$ begin execute 'alter role x password ''hunter2'''; end $$",
    "do $$ begin execute format('alter role %I password %L', 'x', 'hunter2'); end $$",
    "do $$ begin execute 'alter role x password ' || quote_literal('hunter2'); end $$",
    "do $$ begin perform set_config('a.token', 'hunter2', true); end $$",
    "select dblink('x', 'alter role a password ''hunter2''')",
    "select pgp_sym_decrypt(data, 'hunter2') from t where id = 5",
    "select public.pgp_sym_encrypt('hunter2', ('hunter2'), 'cipher-algo=aes256')",
    "select encode(hmac('text', 'hunter2', 'sha256'), 'hex')",
    "select crypt('hunter2', hash) = hash from users",
    "insert into users (name, password, age) values ('m', 'hunter2', 3), ('n', upper('hunter2'), 4)",
    "insert into s.users as u (name, \"API_Key\") values ('m', $q$hunter2$q$) on conflict do nothing",
    "update users set password = 'hunter2' where name = 'm'",
    "select * from users where 'hunter2' = password",
    "select * from users where password in ('hunter2', 'hunter2')",
    "select * from users where access_token like 'hunter2%'",
    "select dblink_connect('host=a password=hunter2 user=x')",
    "select dblink_connect('host=a password=''hunter2 hunter2'' user=x')",
    "create subscription s connection 'postgresql://u:hunter2@h/db' publication p",
    "create user mapping for x server s options (user 'u', password 'hunter2')",
    "alter user mapping for x server s options (set password 'hunter2')",
    "select set_config('app.secret', 'hunter2', false)",
    "set app.token = 'hunter2'",
    "select 1 -- password=hunter2",
    "select 1 /* postgresql://u:hunter2@h */",
    f"select '-----BEGIN {_KEY}-----\nhunter2\nhunter2\n-----END {_KEY}-----'",
    "copy t from program 'curl -u u:hunter2 https://u:hunter2@h'",
)

OTHER_SPELLINGS = (
    "alter role x password U&'hunter2'",
    "alter role x password U&'hu!006eter2 hunter2' uescape '!'",
    "alter role x password E'hunter2'",
    "alter role x with login password 'hunter2' valid until 'infinity'",
    "alter role x password 'a' 'hunter2'",
    "alter role x password 'a'\n  'hunter2'",
    "alter role x password 'a' -- c\n  'hunter2'",
    "alter role x PASSWORD/**/'hunter2'",
    "alter user x unencrypted password 'hunter2'",
    "create user mapping for x server s options (user 'u', \"password\" 'hunter2')",
    "create user mapping for x server s options (user 'u', passwd 'hunter2', passfile '/x/hunter2')",
    "create user mapping for x server s options (add password E'hunter2')",
    "create server s foreign data wrapper f options (host 'h', sslkey '/hunter2', sslpassword 'hunter2')",
    "alter subscription s connection 'host=a password=hunter2'",
    "alter subscription s connection E'host=a password=\\'hunter2\\''",
    "create subscription s connection $$host=a password=hunter2$$ publication p",
    "create subscription s connection 'host=a pass' 'word=hunter2' publication p",
    "create subscription s connection 'host=a user=b passwo'\n 'rd=hunter2' publication p",
    "create subscription s connection U&'host=a p\\0061ssword=hunter2' publication p",
    "create subscription s connection E'host=a p\\x61ssword=hunter2' publication p",
    "create subscription s connection E'host=a password=hunter2' publication p",
    "select dblink_connect('c', 'dbname=x user=y password = hunter2')",
    "select dblink('host=h password=''hunt er hunter2''', 'select 1')",
    "select * from dblink('postgresql://u:hunter2@h/db', 'select 1') as t(a int)",
    "select dblink_connect(E'host=a p\\141ssword=hunter2')",
    "select dblink_connect('host=h pass' || 'word=hunter2')",
    "select dblink_connect('host=h password=' || 'hunter2')",
    "select dblink_connect(format('host=h password=%s', 'hunter2'))",
    "select dblink_connect(concat('host=h password=', 'hunter2'))",
    "select dblink_connect('postgresql://h/db?user=u&password=hunter2')",
    "select 'postgresql://h/db?user=u&password=hunter2&x=1'",
    "select 'postgres://user:hunter2@host'",
    "select 'https://u:hunter2@h/x'",
    "select 'https://h/x?access_token=hunter2'",
    "select 'https://h/x?api-key=hunter2&sig=hunter2'",
    "select 'amqp://guest:hun:hunter2@host'",
    "copy t from program 'curl -H \"Authorization: Bearer hunter2\" https://h'",
    "copy t from program 'curl -H ''Authorization: Basic hunter2'' https://h'",
    "copy t from program 'curl -H \"X-Api-Key: hunter2\" https://h'",
    "copy t to program 'PGPASSWORD=hunter2 psql -h x'",
    "copy t to program 'AWS_SECRET_ACCESS_KEY=hunter2 aws s3 cp - s3://b'",
    "copy t to program 'mysql -phunter2 -u x'",
    "copy t to program 'sshpass -p hunter2 ssh x'",
    "copy t to program 'curl --user u:hunter2 h'",
    "copy t to program 'curl -uu:hunter2 h'",
    "copy t to program 'gpg --passphrase hunter2 -c'",
    "copy t to program 'openssl enc -pass pass:hunter2'",
    "copy t to program 'wget --password=hunter2 --http-password hunter2 x'",
    'copy t to program $x$curl -d "token=hunter2" h$x$',
    "set session my.password = 'hunter2'",
    "set local my.password to 'hunter2', 'hunter2'",
    "set my.password = hunter2",
    "set my.secret_key to hunter2",
    "set \"my.api_token\" = 'hunter2'",
    "alter role x set my.password = 'hunter2'",
    "alter database d set app.jwt_secret = 'hunter2'",
    "alter system set primary_conninfo = 'host=a password=hunter2'",
    "alter system set ssl_passphrase_command = 'echo hunter2'",
    "select set_config('x.passw' || 'ord', 'hunter2', false)",
    "select pgp_sym_encrypt('a'::text, 'hunter2'::text)",
    "select \"pgp_sym_encrypt\"('a', 'hunter2')",
    "select PGP_SYM_DECRYPT(x, coalesce(null, 'hunter2'))",
    "select pgp_sym_decrypt(data => x, psw => 'hunter2')",
    "select pgp_sym_decrypt(dearmor('x'), 'hunter2')",
    "select pgp_sym_encrypt(x.name, k.key) from (values ('hunter2')) k(key)",
    "select encrypt('x', 'hunter2', 'aes')",
    "select crypt('hunter2', gen_salt('bf'))",
    "select digest('hunter2', 'sha256')",
    "select md5('hunter2')",
    "select sha256('hunter2')",
    "select hmac('x', 'hunter2', 'sha1')",
    "do $$ begin execute 'alter role x password ''' || 'hunter2' || ''''; end $$",
    "do $$ declare pw text := 'hunter2'; begin execute format('alter role x password %L', pw); end $$",
    "do $$ declare password text := 'hunter2'; begin null; end $$",
    "do 'begin execute ''alter role x password ''''hunter2''''''; end'",
    "do E'begin execute \\'alter role x password \\'\\'hunter2\\'\\'\\'; end'",
    "do $a$ begin execute $b$ alter role x password 'hunter2' $b$; end $a$",
    "create function f() returns void language sql as $$ alter role x password 'hunter2' $$",
    "prepare p as select pgp_sym_decrypt(x, 'hunter2') from t",
    "execute set_password('hunter2')",
    "select set_user_password('u', 'hunter2')",
    "select change_password('hunter2')",
    "call reset_password('u', 'hunter2')",
    "insert into credentials (name, value) values ('password', 'hunter2')",
    "insert into users (password) select 'hunter2'",
    "insert into users (name, pw) values ('a', 'hunter2')",
    "insert into users (name, pwd) values ('a', 'hunter2')",
    "insert into users (name, user_password) values ('a', 'hunter2') returning id",
    "insert into settings(key, value) values ('api_key', 'hunter2')",
    "update settings set value = 'hunter2' where key = 'smtp_password'",
    "update users set (name, password) = ('a', 'hunter2')",
    "update users set (name, password) = row('a', 'hunter2')",
    "update users set password = crypt('hunter2', gen_salt('bf'))",
    "update users set password = (select 'hunter2')",
    "update users set password = case when true then 'hunter2' end",
    "update users set password=$$hunter2$$",
    "update users set \"passWord\" = 'hunter2'",
    "update users set passwordHash = 'hunter2'",
    "update users set userPassword = 'hunter2'",
    "update users set apiKey = 'hunter2'",
    'update t set config = \'{"password": "hunter2"}\'',
    'update t set config = \'{"db": {"pass": "hunter2", "apiKey": "hunter2"}}\'',
    "update t set config = jsonb_set(config, '{password}', '\"hunter2\"')",
    "select jsonb_build_object('password', 'hunter2')",
    'select \'{"client_secret":"hunter2"}\'::jsonb',
    'select E\'{"password": "hunter2"}\'',
    "select 'password: hunter2'",
    "select xmlparse(content '<password>hunter2</password>')",
    "select '<user pass=\"hunter2\"/>'",
    "merge into users u using (values ('a','hunter2')) v(name,password) on true when matched then do nothing",
    "select * from users where password is not distinct from 'hunter2'",
    "select * from users where password = any(array['hunter2'])",
    "select * from users where (name, password) = ('a', 'hunter2')",
    "select * from users where password between 'hunter2' and 'x'",
    "select * from users where lower(password) = 'hunter2'",
    "select * from users where crypt('hunter2', password) = password",
    "select 'hunter2' as password",
    "with x(password) as (values ('hunter2')) select 1",
    "alter role x password $$hunter2",
    "alter role x password /* unfinished 'hunter2'",
    "alter role x password hunter2'",
    'create role x password "hunter2"',
    "alter role x passwor 'hunter2'",
    "create extension x; alter role y encrypted password 'hunter2'",
    "security label on role x is 'password=hunter2'",
    "comment on role x is 'password: hunter2'",
    "notify x, 'password=hunter2'",
    "select pg_notify('c', 'token=hunter2')",
    "select http_get('https://h?key=hunter2')",
    "select aws_s3.export(q, credentials := aws_commons.create_aws_credentials('id','hunter2','hunter2'))",
    "select aws_commons.create_aws_credentials('id','hunter2','')",
    "copy t from 's3://b' credentials 'aws_access_key_id=x;aws_secret_access_key=hunter2'",
    "select vault.create_secret('hunter2', 'name')",
    "alter user mapping for x server s options (set password $$hunter2$$)",
    "import foreign schema a from server s into b options (password 'hunter2')",
    "select postgres_fdw_get_connections() -- password hunter2",
    "create role x password null; -- 'hunter2 pw",
    "alter role x password :'pw' -- hunter2",
    "ALTER ROLE x ENCRYPTED PASSWORD 'SCRAM-SHA-256$4096:aa==$hunter2:x='",
    "select 1; /* pw: hunter2 */",
    "select pgcrypto.decrypt_iv('x','hunter2','hunter2','aes')",
    "select pg_read_file('x') where 'Bearer hunter2' = 'a'",
    "select 'Authorization: Bearer hunter2'",
    "select pgsodium.crypto_secretbox('m', 'n', 'hunter2')",
    "select sign('{\"a\":1}', 'hunter2')",
    "select 'aws_secret_access_key = hunter2'",
    "select 'AccountKey=hunter2;EndpointSuffix=core'",
    "select 'Server=x;User Id=y;Pwd=hunter2;'",
)

NESTED = (
    "do language plpgsql $x$ declare v text := 'hunter2'; begin perform f('a.password', v); end $x$",
    "select dblink_exec('c', 'do ''declare v text := ''''hunter2''''; begin f(''''password'''', v); end''')",
    "select f(secrets => '{\"db\":\"hunter2\"}'::jsonb, 'x')",
    "update t set data['secrets']['db'] = '\"hunter2\"'",
    "select data->'secrets'->>'db' = 'hunter2' from t",
    "select * from t where data @@ '$.secrets.db == \"hunter2\"'",
    "select 'a=1;Password=hun ter hunter2;b=2'",
    "select xmlparse(content '<secrets><a>hunter2</a></secrets>')",
    'update t set c = \'{"secrets":{"db":"hunter2"}}\' where id = 5',
    'update t set c = $${"secrets":{"db":[1,"hunter2"]}}$$',
    'update t set c = \'{"a":{"secrets":{"db":"hunter2"}},"a":1}\'',
    'update t set c = \'{"name":"password","value":"hunter2"}\'',
    'update t set c = \'{"value":"hunter2","name":"db_password"}\'',
    'update t set c = \'{"x":"{\\"secrets\\":{\\"a\\":\\"hunter2\\"}}"}\'',
    'update t set c = \'payload={"secrets":{"db":"hunter2"\'',
    "update t set c = E'secrets:\\n  db: hunter2'",
    "update t set c = 'secrets:\n  db: hunter2'",
    "update t set c = '[secrets]\ndb = hunter2'",
    "update t set c = '<secrets><db>hunter2</db></secrets>'",
    "update t set c = jsonb_set(c, '{db,password}', '\"hunter2\"')",
    "update t set c = jsonb_set(c, '{db,password,x}', '\"hunter2\"')",
    "select jsonb_path_query(c, '$.users[*].password ? (@ == \"hunter2\")') from t",
    "select '{{password,hunter2}}'::text[]",
    "select array[['password','hunter2']]",
    "select hstore('password','hunter2')",
    "select 'password=>hunter2'::hstore",
    "select format('alter role %I with password %L valid until %L', 'x', 'hunter2', 'infinity')",
    "select concat('alter role x password ''', 'hunter2', '''')",
    "select 'alter role x password ''' || 'hunter2' || ''''",
    "select concat_ws(' ', 'alter role x', 'password', quote_literal('hunter2'))",
    "insert into t (values, password) values ('a', 'hunter2')",
    "insert into t (password, values) values ('hunter2', 'a')",
    "insert into t (\"values\", token) values ('a', 'hunter2')",
    "insert into t (values, password) select 'a', 'hunter2'",
    "insert into users values (1, 'maya', 'hunter2')",
    "insert into secrets values (1, 'hunter2')",
    "insert into app.user_accounts select 1, 'hunter2'",
    "select 'glpat-hunter2hunter2hunter2'",
    "select 'https://hunter2@github.com/x'",
    "select 'https://u:hun/ter2hunter2@h/x'",
    "select 'redis://:hunter2@h'",
    "select 'u:hunter2@tcp(h)/db'",
    "copy t from connection 'host=a password=hunter2'",
    "copy t from 's3://b' access_key_id 'AK' secret_access_key 'hunter2'",
    "alter user mapping if exists for x server s options (set password 'hunter2')",
    "create subscription s connection $x$host=a password=hunter2$x$ publication p with (slot_name='a')",
    "select dblink_connect('c', 'host=a user=u passfile=/x/hunter2')",
    "select dblink_connect('hunter2')",
    "select dblink_exec('c', 'alter role x password ''hunter2''')",
    "set password 'hunter2'",
    "set password for maya = 'hunter2'",
    "set password = hunter2",
    "set session authorization x; set app.secrets.db = 'hunter2'",
    "update t set secrets.db = 'hunter2'",
    "update t set secrets['db'] = '\"hunter2\"'",
    "select * from t where 'hunter2' = any(passwords)",
    "select * from t where position('hunter2' in password) > 0",
    "select * from t where 'hunter2' in (select password from u)",
    "select * from t where (select password from u where id = 1) = 'hunter2'",
    "select * from t where starts_with(password, 'hunter2')",
    "select f(password => 'hunter2')",
    "select f(a := 1, api_key := 'hunter2')",
    "select 'hunter2'::app.password_type",
    "select cast('hunter2' as secret_text)",
    "select row('a','hunter2')::credentials",
    'select * from json_to_record(\'{"a":"hunter2"}\') as x(password text)',
    "select 'hunter2' password",
    "with x(password) as (select 'hunter2') select 1",
    "create table t (id int, password text default 'hunter2')",
    "alter table t alter column password set default 'hunter2'",
    "select * from t where 'hunter2' is distinct from password",
    "select * from t where 'a' between password and 'hunter2'",
    "select 'run mysql --password hunter2'",
    "call f(1, password => 'hunter2')",
    "execute p('password', 'hunter2')",
    "select set_config('app.secrets.db', 'hunter2', false)",
    "select current_setting('x'), 'my password is hunter2'",
    "create foreign table f (a int) server s options (user 'u', password 'hunter2')",
    "alter foreign data wrapper w options (add secret 'hunter2')",
    "security label for x on role y is 'secret hunter2'",
    "select dblink_connect('c', concat('host=a pass', 'word=hunter2'))",
    "create publication p; create subscription s connection 'host=a password=hunter2 x=1' publication p",
    "merge into t using s on true when not matched then insert (name, password) values (s.a, 'hunter2')",
    "insert into t (a, b) values ('x', 'y') on conflict (a) do update set password = 'hunter2'",
    "select vault.update_secret('id', 'hunter2')",
    "alter database d set app.jwt_secret to 'hunter2'",
    "update users set \"userPin\" = 'hunter2'",
    'update t set c = \'{"userPin":"hunter2"}\'',
    "explain alter role x password 'hunter2'",
    "begin; alter role x password 'hunter2'; commit",
    "create user maya in group x password 'hunter2'",
    "select 'hunter2' = crypt(password, 'x')",
    "do $$ begin perform dblink_connect('host=h password=hunter2'); end $$",
    "create function f() returns void as 'select set_config(''a.password'',''hunter2'',true)' language sql",
    "select 'Cookie: session=hunter2'",
    "select 'X-Auth-Token: hunter2'",
    "copy (select 'hunter2' as password) to stdout",
    "create table x as select 'hunter2' as api_key",
    "values ('password','hunter2')",
    "select xmlelement(name password, 'hunter2')",
    "insert into config values ('smtp.password', 'hunter2')",
    "insert into config select 'smtp.password', 'hunter2'",
    "update t set api_keys = array['hunter2']",
    "update t set api_keys = api_keys || 'hunter2'",
    'select * from t where doc @> \'{"secrets":{"a":"hunter2"}}\'',
    "select pgp_sym_encrypt($1, 'hunter2')",
    'listen x; notify x, \'{"secrets":["hunter2"]}\'',
)

APART = (
    "insert into users (tags, password) values (array['x', 'y'], 'hunter2')",
    "insert into users (tags, password) values (array[['x'], [f('a', 'b')]], 'hunter2'), ('{}', 'hunter2')",
    "with a as (select 1) insert into users values (1, 'x', 'hunter2')",
    "with a as (insert into app.users as u values (1, 'hunter2') returning 1) select 1",
    "explain (analyze) insert into users values (1, 'x', 'hunter2')",
    "prepare p as insert into users select 1, 'hunter2'",
    "merge into users u using x on true when not matched then insert values (1, 'hunter2')",
    "create view v (a, password) as select 1, 'hunter2'",
    "create or replace temporary view v (a, password) as select 1, 'hunter2'",
    "create table if not exists s.t (a, password) as select 1, 'hunter2'",
    "select id, password from t union all select 1, 'hunter2'",
    "update secrets set note = 'n', value = 'hunter2' where id = 5",
    "update only vault.api_keys k set note = 'n', value = 'hunter2'",
    "select dblink('dbname=x', 'select ''hunter2'' as password')",
    "update t set a = 'x = \"hunter2\"; use_password()'",
    *(
        f"update t set {name} = 'hunter2'"
        for name in ("pwhash", "db_pass", "dbpass", "smtppass", "enc_key", "rsaKey", "recovery_codes",
                     "backupCode", "security_answer", "seed_phrase", "reset_code", "verificationCode")
    ),
)  # fmt: skip

UNCHANGED = (
    "select * from tokens where id = 'hunter2'",
    "select author from books where author = 'hunter2'",
    "select password from users where name = 'hunter2'",
    "update orders set state = 'hunter2' where id = 5 -- a remark",
    "alter role x set search_path = 'hunter2'",
    "create function f() returns text language sql as $$ select 'hunter2' $$",
    "copy t from 'hunter2.csv' with (format csv)",
    "select 'a' || 'hunter2', count(*) from users group by 1",
    "insert into t values ('hunter2')",
    "select 'O''Brien', $$it's$$, U&'d\\0061t', 1.5e3, \"Weird \"\"Name\" from t -- done",
    "select E'\\\\', 'x'",
    "insert into orders (tags, reset_at) values (array['hunter2'], 'now')",
    "create view v as select 'hunter2' as name, status_code from t",
    "select name from t union select 'hunter2'",
    "merge into orders using x on true when not matched then insert values (1, 'hunter2')",
)

TOKENS = (
    "AKIAABCDEFGHIJKLMNOP",
    "ghp_0123456789abcdefghij0123456789abcdef",
    f"xoxb{_DASH}123456789012{_DASH}abcdef",
    "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
    "SCRAM-SHA-256$4096:c2FsdA==$a2V5:a2V5",
    "md5" + "0123456789abcdef" * 2,
    "$2b$12$" + "abcdefghijklmnopqrstuv" * 2 + "012345678",
)


def test_no_secret_of_a_statement_is_kept() -> None:
    kept = [sql for sql in (*STATEMENTS, *OTHER_SPELLINGS, *NESTED, *APART) if SECRET in redact(sql).text]

    assert kept == []


def test_a_redacted_statement_says_so_and_stays_the_same_when_redacted_again() -> None:
    for sql in (*STATEMENTS, *OTHER_SPELLINGS, *NESTED, *APART):
        once = redact(sql).text
        assert REDACTED in once, sql
        assert redact(once).text == once, sql


def test_statements_without_a_secret_are_kept_as_typed() -> None:
    assert [redact(sql).text for sql in UNCHANGED] == list(UNCHANGED)


@pytest.mark.parametrize("token", TOKENS)
def test_tokens_are_known_by_their_form(token: str) -> None:
    assert token not in redact(f"select '{token}'").text
    assert token not in redact_message(f'invalid input syntax: "{token}"')
    assert redact_values([token, "plain", None], frozenset()) == (REDACTED, "plain", None)


def test_bind_values_beside_a_secret_name_are_hidden_by_their_number() -> None:
    found = redact("select pgp_sym_encrypt($1, $2::text) from t where password = $4 and id = $3")

    assert found.parameters == {1, 2, 4}
    assert redact_values(["a", "b", "c", "d"], found.parameters) == (REDACTED, REDACTED, "c", REDACTED)


@given(st.text(alphabet="'\"$\\-/*();,=eEuU& \n aapassword01", max_size=200))
def test_any_text_can_be_redacted(text: str) -> None:
    once = redact(text).text

    assert redact(once).text == once


@given(st.text(alphabet=st.characters(exclude_characters="'\\\0"), min_size=8, max_size=40))
def test_any_password_literal_is_hidden(password: str) -> None:
    assert redact(f"alter role x password '{password}'").text == f"alter role x password '{REDACTED}'"


def test_each_form_of_a_token_is_found_without_any_other_word_of_a_secret() -> None:
    for start in ("github_pat_", "ghp_", "glpat-", "xoxb-", "xapp-", "sk_live_", "sk-", "AIza"):
        made = start + "11ABCDEFG0" * 4
        assert made not in redact(f"select '{made}'").text, start
        assert made not in repr(redact_values([made], frozenset())), start


def test_program_of_a_copy_keeps_its_name_alone() -> None:
    for sql, kept in (
        ("copy t from program 'curl -d x=hunter2 https://h'", "copy t from program 'curl [redacted]'"),
        ("copy t to program $$/usr/bin/gzip$$", "copy t to program '[redacted]'"),
        ("copy t to program 'gzip'", "copy t to program 'gzip'"),
        ("copy t to program 'X=hunter2 sh'", "copy t to program '[redacted]'"),
    ):
        assert redact(sql).text == kept


def test_what_a_role_gets_beside_its_password_is_hidden_but_for_its_end() -> None:
    found = redact("alter role x password $1 valid until '2026-01-01'")
    assert found.parameters == {1}
    assert "2026-01-01" in found.text


def test_bind_values_are_hidden_where_a_name_cannot_be_told_from_its_value() -> None:
    for sql, hidden in (
        ("insert into settings (key, value) values ('api_key', $1)", {1}),
        ("select set_config('app.password', $1, $2)", {1, 2}),
        ("create user mapping for x server s options (user $1, password $2)", {1, 2}),
        ("select pgp_sym_decrypt(x, current_setting('a.key')) from t where id = $1", {1}),
        ("update users set (name, password) = ($1, $2) where id = $3", {1, 2}),
    ):
        assert hidden <= redact(sql).parameters, sql


def test_message_about_a_statement_with_a_secret_quotes_nothing() -> None:
    sql = "alter role x password hunter2"
    for message in (
        'syntax error at or near "hunter2"',
        "Syntaxfehler bei »hunter2«",
        "erreur sur « hunter2 »",
    ):
        assert SECRET not in redact_message(message, sql), message
        assert redact_message(message, "select 1") == message


def test_bind_values_are_hidden_by_what_they_hold_and_by_what_stands_beside_them() -> None:
    for values in (
        ["api_key", "hunter2"],
        ["x", "smtp_password2", "hunter2"],
        ['{"secrets": {"a": ["hunter2"]}}'],
        ["host=a password=hunter2"],
        ["alter role x password 'hunter2'"],
        ["https://hunter2@h"],
    ):
        assert SECRET not in repr(redact_values(values, frozenset())), values
    assert redact_values(['{"a": 1.50, "token": [1]}'], frozenset()) == (
        '{"a": 1.50, "token": "[redacted]"}',
    )
    assert redact_values(["api_key", None, "x"], frozenset()) == ("api_key", None, REDACTED)


def test_secret_that_looks_like_a_name_is_hidden_where_a_secret_is_expected() -> None:
    for sql in (
        "alter role x password 'secret'",
        "create user mapping for x server s options (password 'my_password')",
        "update users set password = 'my_secret' where id = 5",
        "insert into users (name, password) values ('a', 'my_secret')",
        "select pgp_sym_encrypt('a', 'my_secret')",
        "insert into settings values ('password', 'Secret1')",
    ):
        assert not re.search("'(secret|my_password|my_secret|Secret1)'", redact(sql).text), sql


def test_message_about_a_secret_bind_value_quotes_nothing() -> None:
    message = 'invalid input syntax for type integer: "hunter2"'
    assert SECRET not in redact_message(message, "update users set password = $1")


@given(st.recursive(st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_nothing_below_a_secret_key_is_kept_however_deep(value: object) -> None:
    for made in ({"a": {"clientSecret": [SECRET, value]}}, [{"passwords": {"x": value, "y": SECRET}}]):
        text = json.dumps(made)
        for sql in (f"select '{text.replace(chr(39), chr(39) * 2)}'", f"select $json${text}$json$::jsonb"):
            assert SECRET not in redact(sql).text
        assert SECRET not in repr(redact_values([text], frozenset()))


def test_long_texts_are_redacted_in_a_time_that_grows_with_their_length() -> None:
    begun = time.process_time()
    for text in ("a1" * 150_000, "(" * 20_000 + "password" + ")" * 20_000, "--" * 50_000, "a[b]" * 60_000):
        redact(text)
        redact_values([text], frozenset())
    assert time.process_time() - begun < 60  # one step for each pair of letters would take hours


def test_whatever_stands_around_it_a_password_of_a_role_is_hidden() -> None:
    for begin in (
        "alter role x",
        "ALTER USER x WITH",
        "create/**/role x login -- c\n",
        "create user x\tsuperuser",
    ):
        for quoted in (
            "'hunter2'",
            "E'hun\\x74er2 hunter2'",
            "$a$hunter2$a$",
            "U&'hunter2'",
            "N'hunter2'",
            "'hunter2",
        ):
            for word in (" password ", " encrypted/* */password\n", " PassWord"):
                sql = f"{begin}{word}{quoted}"
                once = redact(sql).text
                assert SECRET not in once, sql
                assert redact(once).text == once, sql


@pytest.mark.parametrize("name", ["Authorization", "X-Api-Key", "account_key", "shared-key"])
def test_argument_after_the_name_of_a_secret_is_hidden(name: str) -> None:
    found = redact(f"select http_header('{name}', 'Basic dXNlcjpwYXNz')").text

    assert "dXNlcjpwYXNz" not in found
    assert name in found
