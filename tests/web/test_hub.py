"""What the hub promises to every viewer of the board."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from orders import feed as feed_module
from orders.board import Snapshot
from orders.book import OrderBook
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, Server, eventually
from tests.web.conftest import board_viewer, open_hub
from tests.web.viewer import Viewer
from web import hearing as hearing_module
from web import screen as screen_module
from web.hub import Hub

GHOST = {"reference": "777", "status": "FAILURE", "since_ms": 1}


@pytest.fixture
def without_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every change be a frame of its own."""
    monkeypatch.setattr(screen_module, "FRAME_EVERY_S", 0)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the hub compare itself with Redis every tenth of a second."""
    monkeypatch.setattr(hearing_module, "COMPARE_EVERY_S", 0.1)
    monkeypatch.setattr(feed_module, "PING_EVERY_S", 0.1)


@pytest.fixture
def only_by_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the hub not compare itself with Redis, so that the change itself must tell."""
    monkeypatch.setattr(hearing_module, "COMPARE_EVERY_S", math.inf)


@pytest.fixture
async def viewer(hub: Hub) -> AsyncIterator[Viewer]:
    """One who has seen the first snapshot."""
    async with board_viewer(hub) as viewer:
        await viewer.next("snapshot")
        yield viewer


async def write_behind_the_back(raw: Redis, settings: Settings) -> None:
    """A change that is on the board but was never published, as a lost message leaves it."""
    await raw.hset(f"{settings.key_prefix}board", "ghost", json.dumps(GHOST))
    await raw.incr(f"{settings.key_prefix}version")


def shown(snapshot: Snapshot) -> dict[str, object]:
    """A snapshot as a screen shows it."""
    return {ticket.reference: ticket.to_json() for ticket in snapshot.tickets.values()}


async def serve_a_customer(book: OrderBook, turn: int) -> None:
    """An order, and some of what may become of it."""
    order = await book.place(NUGGETS if turn % 3 else WATER)
    if order.status is Status.PENDING and turn % 2:
        await book.start(order.id, 1, "anna")
        await book.finish(order.id, 1, "anna")
    if turn % 4 == 0:
        target = Status.REVOKED if order.status is Status.PENDING else Status.COLLECTED
        await book.set_status(order.id, target, Actor.STAFF)


# -- nothing is lost ------------------------------------------------------------------------------


async def test_a_viewer_begins_with_the_whole_board(book: OrderBook, hub: Hub) -> None:
    """The first event is a snapshot: epoch, version and every ticket, without ids."""
    for turn in range(6):
        await serve_a_customer(book, turn)
    snapshot = await book.snapshot()
    async with board_viewer(hub) as viewer:
        first = await viewer.next()
        await viewer.until_version(snapshot.version)
    assert "snapshot" == first.name
    assert (snapshot.epoch, shown(snapshot)) == (viewer.epoch, viewer.tickets)


@pytest.mark.usefixtures("without_pause")
async def test_no_change_is_lost_between_snapshot_and_stream(book: OrderBook, hub: Hub) -> None:
    """Forty viewers come while orders are placed; each one's snapshot and changes make the board."""
    done = asyncio.Event()

    async def watch() -> Viewer:
        async with board_viewer(hub) as viewer:
            await viewer.next("snapshot")
            await done.wait()
            await viewer.until_version((await book.where())[1])
            return viewer

    async with asyncio.timeout(50), asyncio.TaskGroup() as group:
        viewers = []
        for turn in range(40):
            viewers.append(group.create_task(watch()))
            await serve_a_customer(book, turn)
        done.set()
    final = await book.snapshot()
    for viewer in viewers:
        assert (final.epoch, final.version, shown(final)) == (
            viewer.result().epoch,
            viewer.result().version,
            viewer.result().tickets,
        )


@pytest.mark.usefixtures("without_pause")
async def test_changes_follow_each_other_without_a_gap(book: OrderBook, viewer: Viewer) -> None:
    """`after` of each change is `version` of the one before, and no second snapshot is needed."""
    for turn in range(12):
        await serve_a_customer(book, turn)
    await viewer.until_version((await book.where())[1])
    steps = [(event.data["after"], event.data["version"]) for event in viewer.named("change")]
    assert [after for after, _ in steps[1:]] == [version for _, version in steps[:-1]]
    assert 1 == len(viewer.named("snapshot"))


async def test_an_order_that_leaves_comes_once_more(book: OrderBook, viewer: Viewer) -> None:
    """A ticket that left the board is sent once with the status that tells why, and is gone then."""
    order = await book.place(WATER)
    await viewer.until_version(1)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    last = await viewer.next("change", fits=lambda event: event.data["version"] == 2)
    assert ["COLLECTED"] == [ticket["status"] for ticket in last.data["tickets"]]
    assert {} == viewer.tickets


# -- what does not fit means a snapshot -------------------------------------------------------------


@pytest.mark.usefixtures("only_by_changes")
async def test_a_gap_means_a_snapshot(
    book: OrderBook, viewer: Viewer, raw: Redis, settings: Settings
) -> None:
    """A change that is not the next one is not shown alone: the whole board is taken anew."""
    await write_behind_the_back(raw, settings)
    order = await book.place(NUGGETS)
    await viewer.next("snapshot")
    assert {"777", order.reference} == set(viewer.tickets)


@pytest.mark.usefixtures("impatient")
async def test_a_lost_last_change_is_found_within_seconds(
    viewer: Viewer, raw: Redis, settings: Settings
) -> None:
    """When nothing follows on a lost change, comparing with Redis finds it all the same."""
    await write_behind_the_back(raw, settings)
    await viewer.next("snapshot")
    assert {"777": GHOST} == viewer.tickets


@pytest.mark.usefixtures("only_by_changes")
async def test_a_lower_version_means_a_snapshot(
    book: OrderBook, viewer: Viewer, raw: Redis, settings: Settings
) -> None:
    """Data that went back in time are taken as they are now."""
    for _ in range(3):
        await book.place(NUGGETS)
    await viewer.until_version(3)
    await raw.delete(f"{settings.key_prefix}board")
    await raw.set(f"{settings.key_prefix}version", 1)
    order = await book.place(NUGGETS)
    assert 2 == (await viewer.next("snapshot")).data["version"]
    assert {order.reference} == set(viewer.tickets)


@pytest.mark.usefixtures("impatient")
async def test_data_that_silently_went_back_are_found_within_seconds(
    book: OrderBook, viewer: Viewer, raw: Redis, settings: Settings
) -> None:
    """A board older than ours, though nobody has published anything, replaces ours."""
    await book.place(NUGGETS)
    await book.place(NUGGETS)
    await viewer.until_version(2)
    await raw.delete(f"{settings.key_prefix}board")
    await raw.set(f"{settings.key_prefix}version", 1)
    assert 1 == (await viewer.next("snapshot")).data["version"]
    assert {} == viewer.tickets


@pytest.mark.usefixtures("only_by_changes")
async def test_another_epoch_means_a_snapshot(
    book: OrderBook, viewer: Viewer, raw: Redis, settings: Settings
) -> None:
    """A new life of the data is a new board, though the version seems to go on."""
    await book.place(NUGGETS)
    await viewer.until_version(1)
    await raw.set(f"{settings.key_prefix}epoch", "another")
    await book.place(NUGGETS)
    snapshot = await viewer.next("snapshot")
    assert ("another", 2) == (snapshot.data["epoch"], snapshot.data["version"])


@pytest.mark.usefixtures("only_by_changes")
async def test_a_new_redis_process_means_a_snapshot(
    book: OrderBook, viewer: Viewer, raw: Redis, settings: Settings
) -> None:
    """Whoever notices another process below tells everybody, and all boards begin anew."""
    before = viewer.epoch
    await raw.set(f"{settings.key_prefix}run_id", "the process before this one")
    epoch = await book.meet()
    assert epoch == (await viewer.next("snapshot")).data["epoch"] != before


@pytest.mark.usefixtures("impatient", "_patience")
async def test_an_emptied_redis_is_an_empty_board(
    own_valkey: Server, own_settings: Settings
) -> None:
    """Redis came back with nothing: the board shows nothing, in a new epoch."""
    async with (
        Redis.from_url(own_valkey.url) as client,
        OrderBook(own_settings) as book,
        open_hub(book) as hub,
        board_viewer(hub) as viewer,
    ):
        await viewer.next("snapshot")
        await book.place(NUGGETS)
        await viewer.until_version(1)
        before = viewer.epoch
        await client.execute_command("FLUSHALL")
        await viewer.next("snapshot", fits=lambda event: event.data["epoch"] != before)
        assert ({}, True) == (viewer.tickets, viewer.epoch != before)


@pytest.mark.usefixtures("without_pause", "_patience")
async def test_a_cut_subscription_loses_nothing(own_valkey: Server, own_settings: Settings) -> None:
    """What happens while the hub is cut off is on the board as soon as it hears again."""
    async with (
        Redis.from_url(own_valkey.url) as client,
        OrderBook(own_settings) as book,
        open_hub(book) as hub,
        board_viewer(hub) as viewer,
    ):
        await viewer.next("snapshot")
        for turn in range(12):
            if turn % 4 == 1:  # as soon as the hub listens
                assert 1 == await eventually(
                    lambda: client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
                )
            await serve_a_customer(book, turn)
            if turn % 4 == 3:
                await viewer.next("snapshot")
        final = await book.snapshot()
        await viewer.until_version(final.version)
        assert shown(final) == viewer.tickets


# -- what a viewer may cost -------------------------------------------------------------------------


@pytest.mark.usefixtures("without_pause")
async def test_a_slow_viewer_gets_one_snapshot_and_the_others_notice_nothing(
    book: OrderBook, hub: Hub, viewer: Viewer
) -> None:
    """Who reads nothing for more frames than are kept starts anew; who reads on gets changes only."""
    async with board_viewer(hub) as slow:
        await slow.next("snapshot")
        for version in range(1, 71):
            await book.place(WATER)
            await viewer.until_version(version)
        [caught_up] = await slow.read()
        assert ("snapshot", 70) == (caught_up.name, caught_up.data["version"])
        assert viewer.tickets == slow.tickets
    assert 1 == len(viewer.named("snapshot"))


@pytest.mark.usefixtures("without_pause")
async def test_a_viewer_who_is_a_little_slow_gets_every_change(
    book: OrderBook, hub: Hub, viewer: Viewer
) -> None:
    """Frames that are still kept are sent together, and nothing is encoded again."""
    async with board_viewer(hub) as slow:
        await slow.next("snapshot")
        for version in range(1, 21):
            await book.place(WATER)
            await viewer.until_version(version)
        await slow.read()
        assert (20, viewer.tickets) == (slow.version, slow.tickets)
        assert 1 == len(slow.named("snapshot"))


async def test_a_viewer_who_leaves_leaves_nothing_behind(hub: Hub, book: OrderBook) -> None:
    """No viewer, no followed order and no task is left of those who are gone."""
    order = await book.place(NUGGETS)
    before = asyncio.all_tasks()
    for _ in range(5):
        async with board_viewer(hub) as viewer:
            await viewer.next("snapshot")
        frames = hub.follow(order.id)
        follower = Viewer(frames)
        await follower.next("order")
        assert 1 == hub.viewers
        await frames.aclose()
    await eventually(lambda: asyncio.all_tasks() <= before)
    assert (0, {}) == (hub.viewers, hub._followers._followed)


async def test_a_viewer_who_is_cancelled_leaves_nothing_behind(hub: Hub) -> None:
    """A connection that breaks while its viewer waits takes the viewer with it."""

    async def watch() -> None:
        async with board_viewer(hub) as viewer:
            await viewer.next("nothing of this name", within_s=30)

    tasks = [asyncio.create_task(watch()) for _ in range(5)]
    await eventually(lambda: hub.viewers == 5)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert 0 == hub.viewers


# -- how often ---------------------------------------------------------------------------------------


async def test_the_first_change_is_shown_at_once(
    book: OrderBook, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change after a quiet time does not wait for the next frame's turn."""
    monkeypatch.setattr(screen_module, "FRAME_EVERY_S", 3600)
    async with board_viewer(hub) as viewer:
        await viewer.next("snapshot")
        await book.place(NUGGETS)
        assert 1 == (await viewer.next("change")).data["version"]


async def test_a_burst_is_merged_into_ten_frames_a_second(book: OrderBook, viewer: Viewer) -> None:
    """Two hundred changes make at most ten frames for each second they took, and one at once."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as burst:
        for turn in range(120):
            burst.create_task(serve_a_customer(book, turn))
        await viewer.until_version(200)
        took_s = loop.time() - began
        assert len(viewer.named("change")) <= took_s * 10 + 2
    assert 1 == len(viewer.named("snapshot"))


async def test_an_order_that_changed_twice_is_shown_once_in_a_frame(
    book: OrderBook, viewer: Viewer
) -> None:
    """A merged change carries the last state of each order, and its versions cover all in between."""
    await book.place(WATER)
    await viewer.until_version(1)  # the next frame is a tenth of a second away
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    await book.finish(order.id, 1, "anna")
    merged = (await viewer.next("change", fits=lambda event: event.data["version"] == 4)).data
    tickets = [ticket for ticket in merged["tickets"] if ticket["reference"] == order.reference]
    assert ["SUCCESS"] == [ticket["status"] for ticket in tickets]


# -- alive -------------------------------------------------------------------------------------------


async def test_a_quiet_board_beats(viewer: Viewer) -> None:
    """While Redis is heard a named heartbeat tells a quiet board from a dead one."""
    assert {"at_ms"} == set((await viewer.next("heartbeat")).data)


async def test_streams_end_when_the_counter_closes(
    hub: Hub, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every viewer sees what was sent, is told when to come back, and the stream ends."""
    monkeypatch.setattr("web.broadcast.END_WITHIN_S", 0.01)
    order = await book.place(NUGGETS)
    async with board_viewer(hub) as viewer:
        await viewer.until_version(1)
        followed = Viewer(hub.follow(order.id))
        await followed.next("order")
        hub.end()
        for each in (viewer, followed):
            await each.to_the_end()
            assert "retry" == [field for field, _ in each.fields if field][-1]
    assert 0 == hub.viewers


async def test_a_hub_closes_at_whatever_moment(book: OrderBook) -> None:
    """Whatever the hub is doing with Redis when it is told to stop, it stops."""
    for steps in range(150):
        async with asyncio.timeout(20), Hub(book).open():
            for _ in range(steps):
                await asyncio.sleep(0)
