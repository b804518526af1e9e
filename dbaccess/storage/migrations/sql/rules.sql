-- The rows that the guards read: legal transitions, and the events that each role may record.

delete from request_transitions;
insert into request_transitions (from_state, event, to_state, writer) values
    ('pending', 'request.approved', 'approved', 'both'),
    ('pending', 'request.auto_approved', 'approved', 'both'),
    ('pending', 'request.break_glass_invoked', 'approved', 'both'),
    ('pending', 'request.denied', 'denied', 'both'),
    ('pending', 'request.withdrawn', 'withdrawn', 'both'),
    ('pending', 'request.lapsed', 'lapsed', 'worker'),
    ('pending', 'request.stale', 'stale', 'worker');

delete from grant_transitions;
insert into grant_transitions (from_state, event, to_state, writer) values
    ('provisioning', 'grant.provision_started', 'provisioning', 'worker'),
    ('provisioning', 'grant.provision_failed', 'provisioning', 'worker'),
    ('provisioning', 'grant.activated', 'active', 'worker'),
    ('provisioning', 'grant.abandoned', 'revoking', 'both'),
    ('active', 'grant.extend_started', 'active', 'worker'),
    ('active', 'grant.extend_failed', 'active', 'worker'),
    ('active', 'grant.extended', 'active', 'worker'),
    ('active', 'grant.not_extended', 'active', 'worker'),
    ('active', 'grant.expired', 'revoking', 'worker'),
    ('active', 'grant.surrendered', 'revoking', 'both'),
    ('active', 'grant.revoked', 'revoking', 'both'),
    ('active', 'grant.invalidated', 'revoking', 'worker'),
    ('active', 'grant.locked_down', 'revoking', 'worker'),
    ('revoking', 'grant.revoke_started', 'revoking', 'worker'),
    ('revoking', 'grant.revoke_failed', 'revoking', 'worker'),
    ('revoking', 'grant.ended', 'ended', 'worker'),
    ('revoking', 'grant.write_off_proposed', 'revoking', 'worker'),
    ('revoking', 'grant.written_off', 'written_off', 'worker'),
    ('provisioning', 'grant.adopted', 'provisioning', 'worker'),
    ('active', 'grant.adopted', 'active', 'worker'),
    ('revoking', 'grant.adopted', 'revoking', 'worker');

delete from break_glass_review_transitions;
insert into break_glass_review_transitions (from_state, event, to_state, writer) values
    ('pending', 'break_glass.overdue', 'pending', 'worker'),
    ('pending', 'break_glass.reviewed', 'justified', 'bot'),
    ('pending', 'break_glass.reviewed', 'not_justified', 'bot');

delete from ledger_kinds;
insert into ledger_kinds (kind, writer) values
    ('request.submitted', 'both'),
    ('review.approved', 'both'),
    ('review.denied', 'both'),
    ('review.voided', 'both'),
    ('request.approved', 'both'),
    ('request.auto_approved', 'both'),
    ('request.break_glass_invoked', 'both'),
    ('request.denied', 'both'),
    ('request.withdrawn', 'both'),
    ('request.lapsed', 'worker'),
    ('request.stale', 'worker'),
    ('grant.created', 'both'),
    ('grant.provision_started', 'worker'),
    ('grant.provision_failed', 'worker'),
    ('grant.activated', 'worker'),
    ('grant.extend_started', 'worker'),
    ('grant.extend_failed', 'worker'),
    ('grant.extended', 'worker'),
    ('grant.not_extended', 'worker'),
    ('grant.abandoned', 'both'),
    ('grant.expired', 'worker'),
    ('grant.surrendered', 'both'),
    ('grant.revoked', 'both'),
    ('grant.invalidated', 'worker'),
    ('grant.locked_down', 'worker'),
    ('grant.revoke_started', 'worker'),
    ('grant.revoke_failed', 'worker'),
    ('grant.ended', 'worker'),
    ('grant.write_off_proposed', 'worker'),
    ('grant.written_off', 'worker'),
    ('grant.adopted', 'worker'),
    ('break_glass.review_opened', 'both'),
    ('break_glass.announced', 'worker'),
    ('break_glass.reviewed', 'both'),
    ('break_glass.overdue', 'worker'),
    ('credentials.requested', 'both'),
    ('credentials.started', 'worker'),
    ('credentials.set', 'worker'),
    ('target.stray_found', 'worker'),
    ('control.adopted', 'worker'),
    ('policy.loaded', 'both'),
    ('lockdown.declared', 'both'),
    ('lockdown.lifted', 'both'),
    ('group.changed', 'worker');
