"""A trunk's calls of a day, where several daemons use it: no more than it may have, whoever leads, and whenever it is
said."""

from __future__ import annotations

from dataclasses import replace

from tests.simulation.daemons import Site
from tests.simulation.test_daemons import attempts, on_site, run

CAP = 12


def test_a_days_calls_are_made_by_whoever_leads_and_counted_over_both() -> None:
    async def story(site: Site) -> None:
        site.trunk = replace(site.trunk, max_calls_per_day=CAP)
        await run(site, 40)
        await site.open()
        while len(site.exchange.record) < CAP // 2:
            await site.clock.sleep(0.1)
        await site.daemons["one"].kill()
        await site.clock.sleep(120.0)
        assert len(site.exchange.record) == CAP
        assert {each.owner for each in await attempts(site)} == {""}, "a helper leaves that trunk alone"

    on_site(story)


def test_a_cap_that_is_set_while_both_dial_counts_what_helpers_have_made() -> None:
    async def story(site: Site) -> None:
        await run(site, 120)
        await site.open()
        while sum(each.owner == "two" for each in await attempts(site)) < 25:
            await site.clock.sleep(0.1)
        made = len(site.exchange.record)
        site.daemons["one"].engine.change_limits({"carrier": replace(site.trunk, max_calls_per_day=made)})
        await site.clock.sleep(2.5)
        own = sum(not each.owner for each in await attempts(site))
        await site.clock.sleep(30.0)
        assert sum(not each.owner for each in await attempts(site)) == own, "the leader makes none beyond it"
        assert len(site.exchange.record) > made, "the helper has not been told yet"

    on_site(story)
