"""Modals and Home through the Web API: triggers, hashes, ids and sizes."""

from typing import Any

from sandbox.world import Limits
from tests.sandbox.greeter import Greeter
from tests.sandbox.kit import form, modal, section
from tests.sandbox.running import Running, manifest, running


def trigger(greeter: Greeter) -> str:
    greeter.ann.command("/greet", "nothing")
    return str(greeter.bodies[-1]["trigger_id"])


def refused(greeter: Greeter, method: str, **arguments: Any) -> str:
    return str(greeter.running.error(method, **arguments)["error"])


def test_a_trigger_works_once(greeter: Greeter) -> None:
    once = trigger(greeter)
    greeter.web.views_open(trigger_id=once, view=form())
    assert refused(greeter, "views.open", trigger_id=once, view=form()) == "exchanged_trigger_id"


def test_a_trigger_ends_after_three_seconds(greeter: Greeter) -> None:
    assert Limits().trigger_within == 3.0
    old, before = trigger(greeter), greeter.running.world.limits.trigger_within
    greeter.sandbox.limits(trigger_within=0.000_001)
    assert refused(greeter, "views.open", trigger_id=old, view=form()) == "expired_trigger_id"
    greeter.sandbox.limits(trigger_within=before)


def test_a_made_up_trigger_is_refused(greeter: Greeter) -> None:
    assert refused(greeter, "views.open", trigger_id="nonsense", view=form()) == "invalid_trigger_id"
    assert refused(greeter, "views.open", trigger_id="9.9.ab", view=form()) == "invalid_arguments"


def test_a_bad_view_leaves_the_trigger_usable(greeter: Greeter) -> None:
    once = trigger(greeter)
    bad = greeter.running.error("views.open", trigger_id=once, view=modal(section("x" * 3001)))
    assert bad["error"] == "invalid_arguments"
    assert "json-pointer:/view/blocks/0/text/text" in bad["response_metadata"]["messages"][0]
    assert greeter.web.views_open(trigger_id=once, view=form())["ok"]


def test_a_push_needs_a_trigger_from_within_a_modal(greeter: Greeter) -> None:
    assert refused(greeter, "views.push", trigger_id=trigger(greeter), view=form()) == "not_found"


def test_an_update_for_an_older_content_conflicts(greeter: Greeter) -> None:
    view = greeter.open_form()
    new = greeter.web.views_update(view_id=view.id, hash=view.hash, view=form())["view"]["hash"]
    assert new != view.hash
    again = refused(greeter, "views.update", view_id=view.id, hash=view.hash, view=form())
    assert again == "hash_conflict"
    assert greeter.web.views_update(view_id=view.id, view=form())["ok"]


def test_a_closed_view_is_not_found(greeter: Greeter) -> None:
    view = greeter.open_form()
    greeter.ann.close(view)
    assert refused(greeter, "views.update", view_id=view.id, view=form()) == "not_found"
    assert refused(greeter, "views.update", external_id="nobody", view=form()) == "not_found"
    assert refused(greeter, "views.update", view=form()) == "invalid_arguments"


def test_an_external_id_finds_the_view_and_is_free_once(greeter: Greeter) -> None:
    greeter.web.views_open(trigger_id=trigger(greeter), view=form(external_id="mine"))
    changed = form(external_id="mine", private_metadata="found")
    assert greeter.web.views_update(external_id="mine", view=changed)["ok"]
    assert greeter.ann.wait_view().private_metadata == "found"
    same = refused(greeter, "views.open", trigger_id=trigger(greeter), view=form(external_id="mine"))
    assert same == "duplicate_external_id"


def test_a_view_has_a_largest_size(greeter: Greeter) -> None:
    large = modal(*[section("x" * 3000) for _ in range(99)])
    assert refused(greeter, "views.open", trigger_id=trigger(greeter), view=large) == "view_too_large"


def test_home_is_published_only_where_the_manifest_has_one(alone: Running) -> None:
    home = {"type": "home", "blocks": [section()]}
    first = alone.client().views_publish(user_id="U0ANN", view=home)["view"]
    alone.client().views_publish(user_id="U0ANN", view=home, hash=first["hash"])
    conflict = alone.error("views.publish", user_id="U0ANN", view=home, hash=first["hash"])
    assert conflict["error"] == "hash_conflict"
    assert (
        alone.error("views.publish", user_id="U0ANN", view=modal(section()))["error"] == "invalid_arguments"
    )
    with running(manifest(home=False, messages=False)) as slack:
        assert slack.error("views.publish", user_id="U0ANN", view=home)["error"] == "not_enabled"
        assert slack.error("chat.postMessage", channel="U0ANN", text="t")["error"] == "messages_tab_disabled"
