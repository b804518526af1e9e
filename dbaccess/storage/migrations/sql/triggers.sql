-- Each guard is ENABLE ALWAYS, so that session_replication_role does not switch it off.

create trigger guard before insert or update on requests for each row execute function guard_request();
create trigger guard before insert on reviews for each row execute function guard_review();
create trigger guard before insert on voided_reviews for each row execute function guard_voided_review();
create trigger guard before insert or update on break_glass_reviews
    for each row execute function guard_break_glass_review();
create trigger guard_new before insert on grants for each row execute function guard_new_grant();
create trigger guard before update on grants for each row execute function guard_grant();
create trigger guard before insert on extensions for each row execute function guard_extension();
create trigger guard before insert or update on lockdowns for each row execute function guard_lockdown();
create trigger guard before update on access_review_items
    for each row execute function guard_access_review_answer();
create trigger guard before insert on announcements for each row execute function guard_announcement();
create trigger guard after insert on ledger referencing new table as added
    for each statement execute function guard_ledger();
-- After the guard, by its name: what is counted is an entry.
create trigger guard_limit after insert on ledger referencing new table as added
    for each statement when (dbaccess_writer() <> 'worker') execute function limit_entries();
create trigger guard after insert on activity_statements referencing new table as added
    for each statement execute function guard_statements();
create trigger guard before insert or update on credential_views
    for each row execute function guard_credential_view();

create trigger guard before insert or update on policy_in_force
    for each row execute function guard_policy_report();
create trigger guard before insert or update on policy_versions
    for each row execute function guard_policy_version();

create trigger guard before insert on messages for each row execute function guard_message();
create trigger guard before insert or update on message_streams
    for each row execute function guard_message_stream();

create trigger stays before delete or truncate on requests for each statement execute function refuse_change();
create trigger stays before update or delete or truncate on reviews
    for each statement execute function refuse_change();
create trigger stays before update or delete or truncate on voided_reviews
    for each statement execute function refuse_change();
create trigger stays before delete or truncate on break_glass_reviews
    for each statement execute function refuse_change();
create trigger stays before delete or truncate on grants for each statement execute function refuse_change();
create trigger stays before update or delete or truncate on extensions
    for each statement execute function refuse_change();
create trigger stays before update or delete or truncate on announcements
    for each statement execute function refuse_change();
create trigger stays before delete or truncate on lockdowns for each statement execute function refuse_change();
create trigger stays before update or delete or truncate on reaches
    for each statement execute function refuse_change();
create trigger stays before update or delete or truncate on reached_tables
    for each statement execute function refuse_change();
create trigger guard before insert or update on refused_attempts
    for each row execute function guard_refused_attempts();
create trigger guard before insert on report_orders for each row execute function limit_report_orders();
create trigger guard before insert on ledger_checkpoints for each row execute function guard_checkpoint();
create trigger append_only before update or delete or truncate on ledger_checkpoints
    for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on ledger
    for each statement execute function refuse_change();

-- At the commit: the entry is written last.
create constraint trigger recorded after insert on requests deferrable initially deferred
    for each row execute function require_entry();
create constraint trigger recorded_change after update on requests deferrable initially deferred
    for each row when (new.state is distinct from old.state) execute function require_entry();
create constraint trigger recorded after insert on reviews deferrable initially deferred
    for each row execute function require_entry();
create constraint trigger recorded after insert on voided_reviews deferrable initially deferred
    for each row execute function require_entry();
create constraint trigger recorded after insert on break_glass_reviews deferrable initially deferred
    for each row execute function require_entry();
create constraint trigger recorded_change after update on break_glass_reviews deferrable initially deferred
    for each row execute function require_entry();
create constraint trigger recorded after insert on announcements deferrable initially deferred
    for each row execute function require_entry();
create constraint trigger recorded after insert on extensions deferrable initially deferred
    for each row execute function require_entry();
create constraint trigger recorded after insert on credential_views deferrable initially deferred
    for each row execute function require_entry();
create constraint trigger recorded after insert on grants deferrable initially deferred
    for each row execute function require_entry();
create constraint trigger recorded_change after update on grants deferrable initially deferred
    for each row when (new.state is distinct from old.state or new.expires_at is distinct from old.expires_at)
    execute function require_entry();
create constraint trigger recorded after insert on lockdowns deferrable initially deferred
    for each row execute function require_entry();
create constraint trigger recorded_change after update on lockdowns deferrable initially deferred
    for each row when (new.lifted_at is distinct from old.lifted_at) execute function require_entry();
-- An answer of the command line or the workers has no account of Slack.
create constraint trigger recorded_change after update on access_review_items deferrable initially deferred
    for each row when (
        new.answered_slack_id is not null
        and (new.answer, new.answered_at) is distinct from (old.answer, old.answered_at)
    ) execute function require_entry();

alter table requests enable always trigger guard, enable always trigger stays;
alter table reviews enable always trigger guard, enable always trigger stays;
alter table voided_reviews enable always trigger guard, enable always trigger stays;
alter table break_glass_reviews enable always trigger guard, enable always trigger stays;
alter table grants enable always trigger guard_new, enable always trigger guard, enable always trigger stays;
alter table extensions enable always trigger guard, enable always trigger stays;
alter table lockdowns enable always trigger guard, enable always trigger stays;
alter table announcements enable always trigger guard, enable always trigger stays;
alter table access_review_items enable always trigger guard, enable always trigger recorded_change;
alter table reaches enable always trigger stays;
alter table reached_tables enable always trigger stays;
alter table ledger enable always trigger guard, enable always trigger guard_limit, enable always trigger append_only;
alter table refused_attempts enable always trigger guard;
alter table report_orders enable always trigger guard;
alter table ledger_checkpoints enable always trigger guard, enable always trigger append_only;
alter table credential_views enable always trigger guard;
alter table activity_statements enable always trigger guard;
alter table policy_in_force enable always trigger guard;
alter table policy_versions enable always trigger guard;
alter table messages enable always trigger guard;
alter table message_streams enable always trigger guard;
alter table requests enable always trigger recorded, enable always trigger recorded_change;
alter table break_glass_reviews enable always trigger recorded, enable always trigger recorded_change;
alter table grants enable always trigger recorded, enable always trigger recorded_change;
alter table lockdowns enable always trigger recorded, enable always trigger recorded_change;
alter table reviews enable always trigger recorded;
alter table voided_reviews enable always trigger recorded;
alter table announcements enable always trigger recorded;
alter table extensions enable always trigger recorded;
alter table credential_views enable always trigger recorded;
