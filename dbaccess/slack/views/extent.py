"""How much is approved, in words, where somebody approved less than was asked."""

from dbaccess.domain.duration import format_duration
from dbaccess.domain.extent import Extent, asked, least
from dbaccess.domain.request import Review
from dbaccess.domain.story import Story
from dbaccess.slack.text import inline
from dbaccess.slack.views import wording


def is_less(story: Story) -> bool:
    return story.extent != asked(story.request.terms)


def offered(story: Story) -> str:
    """`2 h`, and before it the role where a narrower one is on offer; not escaped."""
    if not is_less(story):
        return wording.asked_length(story.request)
    same_role = story.extent.role == story.request.terms.role
    return length(story) if same_role else f"{story.extent.role}, {length(story)}"


def length(story: Story) -> str:
    """`1 h`, `1 h more`: the time on offer."""
    return (
        wording.asked_length(story.request) if not is_less(story) else format_duration(story.extent.duration)
    )


def what(story: Story) -> str:
    """`read on orders-prod`: the role that is on offer or was granted; not escaped."""
    return f"{story.extent.role} on {story.request.terms.target}"


def header(story: Story) -> str:
    """`read on orders-prod, 1 h (asked write, 2 h)`; not escaped."""
    found, before = story.extent, asked(story.request.terms)
    said = f"{what(story)}, {format_duration(found.duration)}"
    return f"{said} (asked {_only(before, found)})" if is_less(story) else said


def shortened(story: Story) -> list[str]:
    """Who approved less than was on offer before them, and why; a sentence each, escaped."""
    terms, offer, said = story.request.terms, asked(story.request.terms), []
    for review in story.reviews:
        if not review.approves or review.extent is None:
            continue
        becomes = least(terms, [offer, review.extent])
        if becomes != offer:
            said.append(_sentence(story, review, becomes, offer))
        offer = becomes
    return said


def instead(story: Story, review: Review) -> str:
    """` 1 h instead of 2 h` of what was asked; empty where the review is of all of it; escaped."""
    before = asked(story.request.terms)
    if review.extent is None or review.extent == before:
        return ""
    return f" {inline(_only(review.extent, before))} instead of {inline(_only(before, review.extent))}"


def note(review: Review) -> str:
    """What the reviewer wrote, behind their sentence, which ends with it; escaped."""
    return f": {wording.quoted(review.note)}" if review.note else "."


def _sentence(story: Story, review: Review, given: Extent, before: Extent) -> str:
    who = wording.reviewer_with_group(story, review)
    less = f"{inline(_only(given, before))} instead of {inline(_only(before, given))}"
    return f"{who} approved {less}{note(review)}"


def _only(extent: Extent, other: Extent) -> str:
    """Of an extent what the other does not share."""
    length = format_duration(extent.duration)
    if extent.role == other.role:
        return length
    return extent.role if extent.duration == other.duration else f"{extent.role}, {length}"
