"""The part of the driver's contract that depends on the worker's rights, on what a master user set up.

Each of these runs on the fixtures of this folder. The rest of the contract depends on the driver alone.
"""

import pytest

from tests.contract.test_cut_off import test_personal_login_is_cut_off_from_the_role_alone
from tests.contract.test_ephemeral_login import (
    test_a_new_password_replaces_the_last_one_and_keeps_the_session,
    test_holder_connects_with_the_password_and_reads_only,
    test_open_session_ends_and_no_new_one_is_let_in,
    test_orphaned_login_is_found_and_dropped_with_its_session,
    test_table_that_the_holder_made_stays_and_belongs_to_the_durable_role,
)
from tests.contract.test_extension import test_login_gets_the_later_end_and_keeps_its_session_and_password
from tests.contract.test_personal_login import (
    test_first_end_of_two_grants_keeps_the_role_and_the_last_takes_it,
    test_open_write_of_a_persons_own_login_is_seen,
    test_person_reads_with_their_own_login_until_the_end,
    test_role_given_by_another_meanwhile_is_no_end,
)

__all__ = [
    "test_a_new_password_replaces_the_last_one_and_keeps_the_session",
    "test_first_end_of_two_grants_keeps_the_role_and_the_last_takes_it",
    "test_holder_connects_with_the_password_and_reads_only",
    "test_login_gets_the_later_end_and_keeps_its_session_and_password",
    "test_open_session_ends_and_no_new_one_is_let_in",
    "test_open_write_of_a_persons_own_login_is_seen",
    "test_orphaned_login_is_found_and_dropped_with_its_session",
    "test_person_reads_with_their_own_login_until_the_end",
    "test_personal_login_is_cut_off_from_the_role_alone",
    "test_role_given_by_another_meanwhile_is_no_end",
    "test_table_that_the_holder_made_stays_and_belongs_to_the_durable_role",
]

pytestmark = pytest.mark.servers
