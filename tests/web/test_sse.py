"""Events on the wire, frames for many viewers, seats."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from tests.web.viewer import Viewer
from web import sse
from web.broadcast import KEPT_FRAMES, Broadcast
from web.seats import Seats

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_an_event_is_written_as_the_standard_says() -> None:
    """Id, name and data on a line each, an empty line at the end."""
    assert b'id: e-4\nevent: change\ndata: {"a":[1]}\n\n' == sse.event("change", {"a": [1]}, "e-4")
    assert b"event: heartbeat\ndata: {}\n\n" == sse.event("heartbeat", {})


@how(max_examples=50, deadline=None, database=None)
@given(data=st.dictionaries(st.text(), json_values, max_size=4))
def test_any_text_stays_within_its_event(data: dict[str, Any]) -> None:
    """Line breaks of every kind and any script arrive as they were sent, in one `data` line."""
    *lines, last, end = sse.event("order", data, "e-1").decode().split("\n")
    assert (["id: e-1", "event: order"], "", "") == (lines[:2], last, end)
    assert 3 == len(lines)
    assert data == json.loads(lines[2].removeprefix("data: "))
    assert "\r" not in lines[2]


async def many(broadcast: Broadcast, count: int, stack: AsyncExitStack) -> list[Viewer]:
    """So many who have read the first frame."""
    viewers = []
    for _ in range(count):
        frames = await stack.enter_async_context(aclosing(broadcast.frames()))
        viewers.append(Viewer(frames))
        await viewers[-1].read()
    return viewers


async def test_viewers_who_do_not_read_hold_no_frames() -> None:
    """A hundred sleeping viewers and a thousand large frames: only the last few frames are kept."""
    broadcast = Broadcast(lambda: sse.event("note", {"begin": "anew"}))
    async with AsyncExitStack() as stack:
        viewers = await many(broadcast, 100, stack)
        frame_bytes = 10_000
        tracemalloc.start()
        try:
            for number in range(1000):
                broadcast.send(sse.event("note", {"n": number, "text": "x" * frame_bytes}))
            held_bytes, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert held_bytes < 2 * KEPT_FRAMES * frame_bytes
        for viewer in viewers:
            assert [{"begin": "anew"}] == [event.data for event in await viewer.read()]
    assert 0 == broadcast.viewers


async def test_a_viewer_as_slow_as_may_be_misses_nothing() -> None:
    """Exactly as many frames as are kept are all sent; one more, and the viewer begins anew."""
    for behind, first in ((KEPT_FRAMES, {"n": 0}), (KEPT_FRAMES + 1, {"begin": "anew"})):
        broadcast = Broadcast(lambda: sse.event("note", {"begin": "anew"}))
        async with AsyncExitStack() as stack:
            [viewer] = await many(broadcast, 1, stack)
            for number in range(behind):
                broadcast.send(sse.event("note", {"n": number}))
            assert first == (await viewer.read())[0].data


async def test_nobody_gets_more_seats_than_there_are() -> None:
    """Who finds none is told to come back later, and a seat that was left is free again."""

    async def frames() -> AsyncGenerator[bytes, None]:
        yield sse.event("note", {})
        yield sse.event("note", {})

    seats = Seats(in_all=3, per_address=2)
    taken = [seats.seated(address, frames()) for address in ("a", "a", "b")]
    for seat in taken:
        assert b"event: note" in await anext(seat)
    for address in ("a", "c"):
        [refused] = [chunk async for chunk in seats.seated(address, frames())]
        assert b"event: full" in refused
        assert refused.startswith(b"retry: ")
    await taken[0].aclose()
    async with aclosing(seats.seated("a", frames())) as again:
        assert b"event: note" in await anext(again)
    for seat in taken:
        await seat.aclose()
    assert 0 == seats._taken.total()


@pytest.mark.parametrize("reader_ends", [True, False])
async def test_a_broadcast_that_ends_sends_all_and_a_last_hint(
    monkeypatch: pytest.MonkeyPatch, reader_ends: bool
) -> None:
    """The frames sent before the end still arrive, also to one who comes only then."""
    monkeypatch.setattr("web.broadcast.END_WITHIN_S", 0.01)
    broadcast = Broadcast(lambda: sse.event("note", {"n": "all"}))
    async with AsyncExitStack() as stack:
        if reader_ends:
            [viewer] = await many(broadcast, 1, stack)
            broadcast.send(sse.event("note", {"n": 1}))
            broadcast.end()
        else:
            broadcast.end()
            [viewer] = await many(broadcast, 1, stack)
        await viewer.to_the_end()
        assert ["all", 1][: 1 + reader_ends] == [event.data["n"] for event in viewer.events]
        assert "retry" == [field for field, _ in viewer.fields if field][-1]
