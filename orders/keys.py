"""The names of everything in Redis that Python touches. The scripts build theirs from the same prefix.

orderup:<store>:order:<id>         hash while open, one JSON string once finished
orderup:<store>:board              hash   id → ticket on the board, JSON
orderup:<store>:references         hash   reference → id, every number that is taken
orderup:<store>:next_reference     hash   digits → the number tried first
orderup:<store>:cooking            hash   id → cook, every order that is STARTED
orderup:<store>:version, :epoch, :run_id   strings
orderup:<store>:placed, :ready, :collected sorted sets   id by that time in ms
orderup:<store>:crew               hash   cook → beat, JSON; `*` → how many orders each process cooks
                                          at once, if that is wished
orderup:<store>:claims             hash   cook → its last claim's number and slips, to say it again
orderup:<store>:mode               string who cooks: robots or people
orderup:<store>:paused             string there while the kitchen is paused
orderup:<store>:sold_out           set    skus that nobody can order now
orderup:<store>:tally              string what is counted in this minute (orders/scripts/counts.lua)
orderup:<store>:tally:minutes:<hour>, :tally:quarters:<day>   hashes   what was, as JSON
orderup:<store>:tally:ever         string the same since the beginning, as JSON
orderup:<store>:web                hash   web process → its last report
orderup:<store>:cookie_secret      string what the sessions of the staff are signed with
orderup:<store>:wrong_pins, :wrong_pins:<address>   sets   digests of wrong PINs, for a while
orderup:<store>:idempotency:<key>  string order ids (of a group all) and fingerprint, for a day
orderup:<store>:changes            channel
orderup:<store>:queue              arq's queue: job id by the time it is due
orderup:<store>:bell               list on which an idle crew waits
orderup:<store>:errands            arq's queue of what is done beside the orders
orderup:<store>:errand_bell        list on which those wait who run errands
orderup:<store>:hook:<id>          hash   a web hook and its attempts, for a week at most
orderup:<store>:hooks, :hook_number   sorted set of those that are listed; string
orderup:<store>:diary:<task>       hash   when a task of the schedule ran, and how it went
orderup:<store>:special            string day and sku of the special
orderup:<store>:reports, :weeks    hashes day or week → report, JSON
arq:job:<store>:<id>:<attempt>     arq's own, and its in-progress and retry keys
arq:job:<store>:hook:<id>:<row>, :task:<task>:<due ms>   the same, of errands
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Keys:
    """The keys of one store, by `prefix` (`orderup:<store>:`)."""

    prefix: str

    @property
    def board(self) -> str:
        return f"{self.prefix}board"

    @property
    def version(self) -> str:
        return f"{self.prefix}version"

    @property
    def epoch(self) -> str:
        return f"{self.prefix}epoch"

    @property
    def placed(self) -> str:
        return f"{self.prefix}placed"

    @property
    def cooking(self) -> str:
        return f"{self.prefix}cooking"

    @property
    def crew(self) -> str:
        return f"{self.prefix}crew"

    @property
    def claims(self) -> str:
        return f"{self.prefix}claims"

    @property
    def sold_out(self) -> str:
        return f"{self.prefix}sold_out"

    @property
    def cookie_secret(self) -> str:
        return f"{self.prefix}cookie_secret"

    @property
    def mode(self) -> str:
        return f"{self.prefix}mode"

    @property
    def paused(self) -> str:
        return f"{self.prefix}paused"

    @property
    def collected(self) -> str:
        return f"{self.prefix}collected"

    @property
    def changes(self) -> str:
        return f"{self.prefix}changes"

    @property
    def queue(self) -> str:
        return f"{self.prefix}queue"

    @property
    def bell(self) -> str:
        return f"{self.prefix}bell"

    @property
    def errands(self) -> str:
        return f"{self.prefix}errands"

    @property
    def errand_bell(self) -> str:
        return f"{self.prefix}errand_bell"

    @property
    def hooks(self) -> str:
        return f"{self.prefix}hooks"

    @property
    def special(self) -> str:
        return f"{self.prefix}special"

    @property
    def reports(self) -> str:
        return f"{self.prefix}reports"

    @property
    def weeks(self) -> str:
        return f"{self.prefix}weeks"

    def hook(self, delivery: str) -> str:
        """A delivery by its id."""
        return f"{self.prefix}hook:{delivery}"

    def diary(self, task: str) -> str:
        """The diary of a task by its name."""
        return f"{self.prefix}diary:{task}"

    @property
    def tally(self) -> str:
        return f"{self.prefix}tally"

    @property
    def tally_ever(self) -> str:
        return f"{self.prefix}tally:ever"

    def tally_minutes(self, hour: int) -> str:
        return f"{self.prefix}tally:minutes:{hour}"

    def tally_quarters(self, day: int) -> str:
        return f"{self.prefix}tally:quarters:{day}"

    @property
    def web(self) -> str:
        return f"{self.prefix}web"
