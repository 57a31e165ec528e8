"""The names of everything in Redis that Python touches. The scripts build theirs from the same prefix.

orderup:<store>:order:<id>         hash while open, one JSON string once finished
orderup:<store>:board              hash   id → ticket on the board, JSON
orderup:<store>:references         hash   reference → id, every number that is taken
orderup:<store>:next_reference     hash   digits → the number tried first
orderup:<store>:cooking            hash   id → cook, every order that is STARTED
orderup:<store>:version, :epoch, :run_id   strings
orderup:<store>:placed, :ready, :collected sorted sets   id by that time in ms
orderup:<store>:crew               hash   cook → beat, JSON
orderup:<store>:claims             hash   cook → its last claim's number and slips, to say it again
orderup:<store>:mode               string who cooks: robots or people
orderup:<store>:sold_out           set    skus that nobody can order now
orderup:<store>:cookie_secret      string what the sessions of the staff are signed with
orderup:<store>:wrong_pins, :wrong_pins:<address>   sets   digests of wrong PINs, for a while
orderup:<store>:idempotency:<key>  string order id and fingerprint, for a day
orderup:<store>:changes            channel
orderup:<store>:queue              arq's queue: job id by the time it is due
orderup:<store>:bell               list on which an idle crew waits
arq:job:<store>:<id>:<attempt>     arq's own, and its in-progress and retry keys
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
